import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import type { BackfilledRecord, BackfilledWrite, Refusal } from './backfill-records.ts';

/**
 * The effects of a backfill; those of a dry run are the ones it would have. They are stored as they are, so they
 * list only as many examples as a page can show.
 */
export interface BackfillEffects {
  /** Number of records read from the vendor. */
  readonly read: number;
  readonly fairway: {
    /** Number of records that change, without the added and removed ones. */
    readonly changed: number;
    readonly added: number;
    readonly removed: number;
    readonly fields: readonly FieldChanges[];
  };
  readonly crm: {
    /** Number of records that are written. */
    readonly written: number;
    readonly fields: readonly FieldChanges[];
    /** One complete write as an example. */
    readonly payload:
      | (Pick<BackfilledWrite, 'operation'> & { readonly ref: string; readonly fields: RemoteFields })
      | null;
  };
  readonly refused: readonly RefusedValues[];
}

/** The changes of one field: Fairway's name for changes in Fairway, the vendor's for changes in the CRM. */
export interface FieldChanges {
  readonly field: string;
  readonly count: number;
  readonly examples: readonly Example[];
}

export interface Example {
  /** The vendor's id. */
  readonly ref: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export const refusalCauses = [
  'type',
  'picklist',
  'length',
  'required',
  'reference',
  'duplicate',
  'unique',
  'validation_rule',
  'refused_before',
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** The values or records that are left out for one reason. */
export interface RefusedValues extends Pick<Refusal, 'effect' | 'direction' | 'field' | 'code' | 'fix'> {
  readonly cause: RefusalCause;
  /** False when only the vendor knows whether it refuses the write. */
  readonly certain: boolean;
  /** The vendor's name of the rule that refuses the write, when it is known. */
  readonly rule?: string;
  /** Number of values or records. When `certain` is false: the number that may be refused. */
  readonly count: number;
  readonly examples: readonly { readonly ref: string; readonly message: string }[];
}

export const maxExamples = 20;

export const noEffects: BackfillEffects = {
  read: 0,
  fairway: { changed: 0, added: 0, removed: 0, fields: [] },
  crm: { written: 0, fields: [], payload: null },
  refused: [],
};

/** Adds the effects on some records. */
export function countEffects(
  effects: BackfillEffects,
  records: readonly BackfilledRecord[],
): BackfillEffects {
  const { fairway, crm } = effects;
  const written = records.flatMap(({ ref, write }) => (write ? [{ ref, ...write }] : []));
  const [first] = written;
  return {
    read: effects.read + records.length,
    fairway: {
      changed: fairway.changed + countOf(records, 'changed'),
      added: fairway.added + countOf(records, 'added'),
      removed: fairway.removed + countOf(records, 'removed'),
      fields: withChanges(fairway.fields, records),
    },
    crm: {
      written: crm.written + written.length,
      fields: withChanges(crm.fields, written),
      payload:
        crm.payload ?? (first ? { ref: first.ref, operation: first.operation, fields: first.fields } : null),
    },
    refused: withRefusals(effects.refused, records),
  };
}

function countOf(records: readonly BackfilledRecord[], ours: BackfilledRecord['ours']): number {
  return records.filter((record) => record.ours === ours).length;
}

interface Changing {
  readonly ref: string;
  readonly changes: Readonly<Record<string, readonly [JsonValue, JsonValue]>>;
}

function withChanges(known: readonly FieldChanges[], records: readonly Changing[]): readonly FieldChanges[] {
  const fields = new Map(known.map((one) => [one.field, { ...one, examples: [...one.examples] }]));
  for (const { ref, changes } of records) {
    for (const [field, [before, after]] of Object.entries(changes)) {
      const entry = fields.get(field) ?? { field, count: 0, examples: [] };
      if (entry.examples.length < maxExamples) entry.examples.push({ ref, before, after });
      fields.set(field, { ...entry, count: entry.count + 1 });
    }
  }
  return [...fields.values()].toSorted((a, b) => b.count - a.count || (a.field < b.field ? -1 : 1));
}

function withRefusals(
  known: readonly RefusedValues[],
  records: readonly BackfilledRecord[],
): readonly RefusedValues[] {
  const reasons = new Map(known.map((one) => [keyOf(one), { ...one, examples: [...one.examples] }]));
  for (const { ref, refusals } of records) {
    for (const { effect, direction, field, code, message, fix } of refusals) {
      const cause = causeOf(code);
      const entry = { effect, direction, field, code, fix, cause, certain: true, count: 0, examples: [] };
      const reason = reasons.get(keyOf(entry)) ?? entry;
      const examples =
        reason.examples.length < maxExamples ? [...reason.examples, { ref, message }] : reason.examples;
      reasons.set(keyOf(reason), { ...reason, examples, count: reason.count + 1 });
    }
  }
  return [...reasons.values()];
}

type RefusalKey = Pick<RefusedValues, 'direction' | 'field' | 'code' | 'effect'>;

function keyOf({ direction, field, code, effect }: RefusalKey): string {
  return `${direction} ${field} ${code} ${effect}`;
}

const causes: Readonly<Record<string, RefusalCause>> = {
  not_in_picklist: 'picklist',
  value_not_listed: 'picklist',
  too_long: 'length',
  cut: 'length',
  required_missing: 'required',
  partner_unknown: 'reference',
  opportunity_unknown: 'reference',
  account_unknown: 'reference',
  survivor_unread: 'reference',
};

/** Groups refusal codes for people. Codes without a group mean that the type does not fit. */
function causeOf(code: string): RefusalCause {
  return causes[code] ?? (code.endsWith('_unknown') || code.endsWith('_ambiguous') ? 'reference' : 'type');
}
