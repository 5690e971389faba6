import type { JsonValue, RemoteFields } from '#connectors/contract/crm.ts';
import type { CarriedRecord, CarriedWrite, Refusal } from './backfill-records.ts';

/**
 * What a dry run found, and what a backfill has done: they count alike. Stored as it is, so it holds no more
 * than a page can show.
 */
export interface CarryReport {
  /** Records the vendor shows. */
  readonly read: number;
  readonly fairway: {
    /** Records of ours that change, the added and removed ones aside. */
    readonly changed: number;
    readonly added: number;
    readonly removed: number;
    readonly fields: readonly FieldChanges[];
  };
  readonly crm: {
    /** Records that are written. */
    readonly written: number;
    readonly fields: readonly FieldChanges[];
    /** The whole of one write. */
    readonly payload:
      | (Pick<CarriedWrite, 'operation'> & { readonly ref: string; readonly fields: RemoteFields })
      | null;
  };
  readonly refused: readonly RefusedValues[];
}

/** One field, by our name in Fairway and by the vendor's in the CRM. */
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
  'validation_rule',
  'refused_before',
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** What is left out for one reason. */
export interface RefusedValues extends Pick<Refusal, 'effect' | 'way' | 'field' | 'code' | 'fix'> {
  readonly cause: RefusalCause;
  /** False: the vendor may refuse it, and only says when asked. */
  readonly certain: boolean;
  /** The vendor's name of the rule that refuses it, when that is known. */
  readonly rule?: string;
  /** Values, or whole records; of a rule that may refuse some: how many it may. */
  readonly count: number;
  readonly examples: readonly { readonly ref: string; readonly message: string }[];
}

export const examplesKept = 20;

export const emptyReport: CarryReport = {
  read: 0,
  fairway: { changed: 0, added: 0, removed: 0, fields: [] },
  crm: { written: 0, fields: [], payload: null },
  refused: [],
};

/** The report with these records counted in. */
export function countCarried(report: CarryReport, records: readonly CarriedRecord[]): CarryReport {
  const { fairway, crm } = report;
  const written = records.flatMap(({ ref, write }) => (write ? [{ ref, ...write }] : []));
  const [first] = written;
  return {
    read: report.read + records.length,
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
    refused: withRefusals(report.refused, records),
  };
}

function countOf(records: readonly CarriedRecord[], ours: CarriedRecord['ours']): number {
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
      if (entry.examples.length < examplesKept) entry.examples.push({ ref, before, after });
      fields.set(field, { ...entry, count: entry.count + 1 });
    }
  }
  return [...fields.values()].toSorted((a, b) => b.count - a.count || (a.field < b.field ? -1 : 1));
}

function withRefusals(
  known: readonly RefusedValues[],
  records: readonly CarriedRecord[],
): readonly RefusedValues[] {
  const reasons = new Map(known.map((one) => [keyOf(one), { ...one, examples: [...one.examples] }]));
  for (const { ref, refusals } of records) {
    for (const { effect, way, field, code, message, fix } of refusals) {
      const entry = {
        effect,
        way,
        field,
        code,
        fix,
        cause: causeOf(code),
        certain: true,
        count: 0,
        examples: [],
      };
      const reason = reasons.get(keyOf(entry)) ?? entry;
      const examples =
        reason.examples.length < examplesKept ? [...reason.examples, { ref, message }] : reason.examples;
      reasons.set(keyOf(reason), { ...reason, examples, count: reason.count + 1 });
    }
  }
  return [...reasons.values()];
}

function keyOf({
  way,
  field,
  code,
  effect,
}: Pick<RefusedValues, 'way' | 'field' | 'code' | 'effect'>): string {
  return `${way} ${field} ${code} ${effect}`;
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

/**
 * What is wrong with a value, as a person would sort it: whatever is not one of these is of a type that does
 * not fit.
 */
function causeOf(code: string): RefusalCause {
  return causes[code] ?? (code.endsWith('_unknown') || code.endsWith('_ambiguous') ? 'reference' : 'type');
}
