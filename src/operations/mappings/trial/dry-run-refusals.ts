import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RemoteRecord } from '#connectors/contract/records.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { refusedWrites, type RefusedWrite } from '#src/db/mappings/backfill-view.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import type { BackfilledRecord } from '#src/operations/mappings/backfill/backfill-records.ts';
import {
  maxExamples,
  type BackfillEffects,
  type RefusalCause,
  type RefusedValues,
} from '#src/operations/mappings/backfill/backfill-report.ts';
import type { RuleWatch } from './dry-run-rules.ts';

/** Finds values that would repeat in fields where the vendor allows each value only once. */
export interface UniqueValueWatch {
  add(records: readonly RemoteRecord[], results: readonly BackfilledRecord[]): void;
  /** Values that two of the records would have. The vendor refuses all writes of such a value but one. */
  repeated(): readonly RefusedValues[];
}

export function watchUniqueValues(
  { outbound }: CompiledMapping,
  { fields }: ObjectDescription,
): UniqueValueWatch {
  const unique = new Set(fields.flatMap((field) => (field.unique ? [field.name] : [])));
  const watched = outbound.filter(({ remote }) => unique.has(remote));
  const holders = new Map(
    watched.map(({ remote }) => [
      remote,
      new Map<string, { readonly ref: string; readonly written: boolean }[]>(),
    ]),
  );
  return {
    add(records, results) {
      if (watched.length === 0) return;
      const writes = new Map(results.map(({ ref, write }) => [ref, write?.fields]));
      for (const { extId: ref, fields: current } of records) {
        for (const [field, values] of holders) {
          const planned = writes.get(ref)?.[field];
          const value = planned === undefined ? current[field] : planned;
          if (value === null || value === undefined || value === '') continue;
          // Vendors ignore upper and lower case here.
          const key = String(value).toLowerCase();
          values.set(key, [...(values.get(key) ?? []), { ref, written: planned !== undefined }]);
        }
      }
    },
    repeated() {
      return watched.flatMap(({ local, remote }) => {
        const clashes = [...(holders.get(remote) ?? [])].filter(
          ([, held]) => held.length > 1 && held.some(({ written }) => written),
        );
        if (clashes.length === 0) return [];
        const refused = clashes.flatMap(([value, held]) => {
          const written = held.filter((one) => one.written);
          // The first write succeeds, unless a record that is not written has the value already.
          const failing = written.length === held.length ? written.slice(1) : written;
          return failing.map(({ ref }) => ({ ref, value }));
        });
        const examples = refused
          .slice(0, maxExamples)
          .map(({ ref, value }) => ({ ref, message: `Another record has "${value}" in ${remote}.` }));
        return [
          {
            effect: 'record',
            direction: 'out',
            field: local,
            code: 'not_unique',
            cause: 'unique',
            certain: true,
            count: refused.length,
            fix: `Make the values of ${local} different, or allow ${remote} to repeat.`,
            examples,
          },
        ];
      });
    },
  };
}

/** The number of earlier refused writes that a prediction reads. */
const maxRefusedWrites = 200;

/**
 * Predicts refusals from the past: writes to the same fields that the vendor has refused, that have not
 * succeeded since, and that no known rule refuses. None is certain, and no test write is made, because it would
 * start the customer's automations.
 */
export async function predictRefusals(
  deps: Deps,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: CompiledMapping },
  { crm }: BackfillEffects,
  rules: RuleWatch,
): Promise<readonly RefusedValues[]> {
  const written = crm.fields.map(({ field }) => field);
  const before = await refusedWrites(deps.db, connection.id, mapping.object, written, maxRefusedWrites);
  const refused = before.filter(({ ref }) => !rules.isRefused(ref));
  const localOf = new Map(mapping.outbound.map(({ remote, local }) => [remote, local]));
  const groups = Map.groupBy(refused, (write) => `${write.failure.code} ${refusedField(write) ?? ''}`);
  return [...groups.values()].flatMap((writes) => {
    const [first] = writes;
    if (!first) return [];
    const field = refusedField(first);
    const examples = writes
      .slice(0, maxExamples)
      .map(({ ref, failure }) => ({ ref, message: failure.message }));
    return [
      {
        effect: field === null ? 'record' : 'value',
        direction: 'out',
        field: (field !== null && localOf.get(field)) || null,
        code: first.failure.code,
        cause: causeOfFailure(first.failure),
        certain: false,
        count: writes.length,
        fix: first.failure.fix,
        examples,
      },
    ];
  });
}

/** The only field that the vendor refused; the others of that record were written. Null when the record was refused. */
function refusedField({ fields, failure }: RefusedWrite): string | null {
  const [field, ...others] = fields;
  return field !== undefined && others.length === 0 && failure.fields?.includes(field) === true
    ? field
    : null;
}

/** Another record has the value in a field that allows each value once. A duplicate rule compares whole records. */
const uniqueValueCodes: ReadonlySet<string> = new Set(['DUPLICATE_VALUE', 'CONFLICTING_UNIQUE_VALUE']);

function causeOfFailure({ class: failureClass, code }: RemoteFailure): RefusalCause {
  if (uniqueValueCodes.has(code)) return 'unique';
  if (code.includes('DUPLICATE')) return 'duplicate';
  return failureClass === 'validation' ? 'validation_rule' : 'refused_before';
}
