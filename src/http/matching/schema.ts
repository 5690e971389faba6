import { z } from 'zod';
import { matchAnswers } from '#src/domain/matching/learning/match-quality.ts';
import { instant } from '#src/http/schema.ts';

/** A share from 0 to 1 with its 95 % confidence interval. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

const quality = z.object({
  /** Registrations with an alert. */
  alerts: z.number(),
  /** Alerts with an answer of a reviewer. */
  answeredAlerts: z.number(),
  /** Registrations without an alert in the random sample, and those of them with an answer. */
  sampledClear: z.number(),
  answeredClear: z.number(),
  /**
   * The share of answered alerts about the same customer or group. This and the next figures are null until
   * there are `minimumAnswers`.
   */
  precision: estimate.nullable(),
  /** The share of registrations in conflict that got an alert. */
  recall: estimate.nullable(),
  /** Registrations in conflict without an alert, estimated from the sample. */
  missed: z.number().nullable(),
  calibration: z
    .object({
      /** The mean difference between predicted and actual share. */
      error: z.number(),
      /** Tenths of the probability with at least one answer, in rising order. */
      bins: z
        .array(
          z.object({ predicted: z.number(), actual: z.number(), weight: z.number(), answers: z.number() }),
        )
        .readonly(),
    })
    .nullable(),
});

export const matchQualityAnswer = z.object({
  /** Months in UTC, newest first; twelve at most. */
  months: z.array(quality.extend({ month: z.string() })).readonly(),
  /** All months together. */
  total: quality,
  /** A figure is null until there are this many answers. */
  minimumAnswers: z.number(),
  openQuestions: z.number(),
  answersGiven: z.number(),
  /** Fitting the model takes this many answers. */
  minimumAnswersToFit: z.number(),
  /** The share of registrations without a conflict that reviewers are asked about. */
  sampleShare: z.number(),
  model: z.object({ version: z.string(), hash: z.string() }),
});

/** A company as it was compared; unknown values are null. */
const company = z.object({
  /** The name as entered in the CRM. */
  name: z.string(),
  domain: z.string().nullable(),
  country: z.string().nullable(),
  city: z.string().nullable(),
  address: z.string().nullable(),
  postcode: z.string().nullable(),
  phone: z.string().nullable(),
});

export const matchQuestions = z.object({
  /** The oldest questions, one page. */
  questions: z.array(
    z.object({
      registration: z.object({ id: z.uuid(), number: z.string(), partnerName: z.string() }),
      rival: z.object({ id: z.uuid(), kind: z.enum(['account', 'opportunity', 'registration', 'lead']) }),
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
/** Null withdraws the answer. */
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
