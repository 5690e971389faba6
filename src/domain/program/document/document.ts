/** A partner programme as a document: everything that a vendor decides about registrations, tiers and rates. */
import { z } from 'zod';
import { contentHash } from '#src/domain/content-hash.ts';
import { AppError } from '#src/domain/errors.ts';
import { approvalPart } from './approval.ts';
import { engagementPart } from './engagement-part.ts';
import { formPart } from './form/form-part.ts';
import { goldenTest } from './golden-tests.ts';
import { documentProblems, type DocumentProblem } from './problems.ts';
import { protectionPart } from './protection.ts';
import { referenceProblems } from './references.ts';
import { addOneWordRules } from './rules/rules-part.ts';
import { serviceLevelPart } from './service-level.ts';
import {
  amount,
  choice,
  country,
  currency,
  day,
  percent,
  shortName,
  boundedText,
  wholeNumber,
} from './values.ts';
import { noticesPart, reasonsPart } from './wording.ts';

const codeFix = 'Use lower-case letters, digits and _, starting with a letter, such as "commission".';
const component = z.strictObject({
  code: z.string(codeFix).regex(/^[a-z][a-z0-9_]{0,39}$/, codeFix),
  kind: z.literal('commission', 'Use commission, the only kind of component.').default('commission'),
  label: shortName,
  /** By tier. */
  rates: z.record(z.string(), percent),
});

const tier = z.strictObject({
  name: shortName,
  /** Net revenue of the last twelve months that reaches the tier. */
  revenue: amount,
});

/** The order of the settings here is the order in which they are written. */
export const programDocument = z
  .strictObject({
    format: z.literal(1, 'Use 1, the only format.').default(1),
    name: boundedText('a name for the programme', 80),
    currency,
    /** Documents of earlier days count towards tiers and earn nothing. */
    startsOn: day,
    /** Days after the end of a month in which late documents are included. */
    payoutGraceDays: wholeNumber(0, 90, 'days', 5).default(5),
    /** From the lowest to the highest. */
    tiers: z.array(tier, 'Write a list of tiers.').min(1, 'Add at least one tier.'),
    components: z.array(component, 'Write a list of components.').default([]),
    /** Names for groups of countries. */
    regions: z.record(shortName, z.array(country, 'Write a list.').min(1, 'Name a country.')).default({}),
    /**
     * `on`: registrations of the CRM have a lifecycle, with the settings below. `off`: the rules and one reviewer decide
     * them, and only submissions over the API have a lifecycle.
     */
    lifecycle: choice(['off', 'on']).default('off'),
    engagement: engagementPart.prefault({}),
    /** What a submission has. */
    form: formPart.prefault({}),
    protection: protectionPart.prefault({}),
    approval: approvalPart.prefault({}),
    serviceLevel: serviceLevelPart.prefault({}),
    reasons: reasonsPart,
    notices: noticesPart,
    /** They run before a programme is submitted and approved; a failing one blocks both. */
    tests: z.array(goldenTest, 'Write a list of tests.').default([]),
  })
  .superRefine((document, context) => {
    for (const { path, message } of referenceProblems(document))
      context.addIssue({ code: 'custom', path: [...path], message });
  });

/** A document as people write it, without the settings that have defaults. */
export type WrittenProgram = z.input<typeof programDocument>;
/** A complete document. */
export type ProgramDocument = z.output<typeof programDocument>;

/** The JSON Schema of a programme, for editors: `# yaml-language-server: $schema=…`. */
export function programJsonSchema(): object {
  return {
    title: 'Fairway partner programme',
    ...z.toJSONSchema(programDocument, {
      io: 'input',
      unrepresentable: 'any',
      override: addOneWordRules,
    }),
  };
}

export type DocumentReading =
  | { readonly ok: true; readonly document: ProgramDocument }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** Reads a programme that was parsed from YAML or JSON, and adds the defaults. */
export function readProgramDocument(input: unknown): DocumentReading {
  const parsed = programDocument.safeParse(input);
  if (parsed.success) return { ok: true, document: inOrder(parsed.data) };
  return { ok: false, problems: documentProblems(parsed.error.issues, input, programJsonSchema()) };
}

/** @throws AppError `bad_request` that names every wrong setting and what to write instead */
export function requireProgramDocument(input: unknown): ProgramDocument {
  const reading = readProgramDocument(input);
  if (reading.ok) return reading.document;
  throw invalidProgram(reading.problems);
}

export function invalidProgram(problems: readonly DocumentProblem[]): AppError {
  const lines = problems.map(problemSentence);
  return new AppError('bad_request', `The programme is not valid.\n${lines.join('\n')}`, { problems: lines });
}

export function problemSentence({ path, message }: DocumentProblem): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** SHA-256 of the complete document. The order of its keys does not matter. */
export function programHash(document: ProgramDocument): string {
  return contentHash(document);
}

/** Names of groups and regions in alphabetical order, rates in the order of tiers. */
function inOrder(document: ProgramDocument): ProgramDocument {
  const { tiers, components, regions, approval } = document;
  return {
    ...document,
    components: components.map((one) => ({
      ...one,
      rates: Object.fromEntries(tiers.map(({ name }) => [name, one.rates[name] ?? '0 %'])),
    })),
    regions: sorted(regions),
    approval: { ...approval, groups: sorted(approval.groups) },
  };
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
