import { z } from 'zod';
import { matchAnswers } from '#src/domain/matching/learning/match-quality.ts';
import { instant } from '#src/http/schema.ts';

/** A share from 0 to 1 and where, 95 times in 100, the true one lies. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

const quality = z.object({
  /** Registrations with an alert. */
  alerts: z.number(),
  /** Alerts that were answered. */
  answeredAlerts: z.number(),
  /** Clear registrations in the sample, and those answered. */
  sampledClear: z.number(),
  answeredClear: z.number(),
  /**
   * Of answered alerts, the share that was one customer or one group; null with fewer answers than
   * `minimumAnswers`, as the others.
   */
  precision: estimate.nullable(),
  /** The share of registrations in conflict that got an alert. */
  recall: estimate.nullable(),
  /** Registrations in conflict that got none, estimated from the sample. */
  missed: z.number().nullable(),
  calibration: z
    .object({
      /** How far, on average, the probability is from what turned out. */
      error: z.number(),
      /** Tenths of the probability that have an answer, rising. */
      bins: z
        .array(
          z.object({ predicted: z.number(), actual: z.number(), weight: z.number(), answers: z.number() }),
        )
        .readonly(),
    })
    .nullable(),
});

export const matchQualityAnswer = z.object({
  /** UTC, the newest first; a year of them at most. */
  months: z.array(quality.extend({ month: z.string() })).readonly(),
  /** All those months together. */
  total: quality,
  /** A figure is null until there are this many answers. */
  minimumAnswers: z.number(),
  openQuestions: z.number(),
  answersGiven: z.number(),
  /** Fitting the model takes this many answers. */
  minimumAnswersToFit: z.number(),
  /** Of registrations without a conflict, the share that is asked about. */
  sampleShare: z.number(),
  model: z.object({ version: z.string(), hash: z.string() }),
});

/** A company as it was compared; null where nothing is known. */
const company = z.object({
  /** As people write it. */
  name: z.string(),
  domain: z.string().nullable(),
  country: z.string().nullable(),
  city: z.string().nullable(),
  address: z.string().nullable(),
  postcode: z.string().nullable(),
  phone: z.string().nullable(),
});

export const matchQuestions = z.object({
  /** The oldest first, a page of them. */
  questions: z.array(
    z.object({
      registration: z.object({ id: z.uuid(), number: z.string(), partnerName: z.string() }),
      rival: z.object({ id: z.uuid(), kind: z.enum(['account', 'opportunity', 'registration']) }),
      ours: company,
      theirs: company,
      comparedAt: instant,
    }),
  ),
  /** All open questions, not only those of this page. */
  openQuestions: z.number(),
});

export const registrationParams = z.object({ registrationId: z.uuid() });
export const pairParams = registrationParams.extend({ rivalId: z.uuid() });

const answer = z.enum(matchAnswers);
/** Null takes back what was said. */
export const labelBody = z.strictObject({ answer: answer.nullable() });
export const labelled = z.object({ answer: answer.nullable() });

export const registrationLabels = z.object({
  labels: z.array(
    z.object({
      rivalId: z.uuid(),
      answer: answer.nullable(),
      answeredBy: z.string(),
      answeredAt: instant.nullable(),
    }),
  ),
});
