import type { ObjectDescription, RemoteFailure, RemoteRecord } from '#connectors/contract/crm.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { refusedWrites } from '#src/db/mappings/carry-view.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CarriedRecord } from '#src/operations/mappings/backfill/backfill-records.ts';
import {
  examplesKept,
  type CarryReport,
  type RefusalCause,
  type RefusedValues,
} from '#src/operations/mappings/backfill/backfill-report.ts';
import type { RuleWatch } from './dry-run-rules.ts';

/** Watches the fields in which the vendor allows each value once. */
export interface UniqueValues {
  add(records: readonly RemoteRecord[], carried: readonly CarriedRecord[]): void;
  /** Values that two of the records read would have: the vendor refuses all but one. */
  repeated(): readonly RefusedValues[];
}

export function uniqueValues({ outbound }: CompiledMapping, { fields }: ObjectDescription): UniqueValues {
  const unique = new Set(fields.flatMap((field) => (field.unique ? [field.name] : [])));
  const watched = outbound.filter(({ remote }) => unique.has(remote));
  const holders = new Map(
    watched.map(({ remote }) => [
      remote,
      new Map<string, { readonly ref: string; readonly written: boolean }[]>(),
    ]),
  );
  return {
    add(records, carried) {
      if (watched.length === 0) return;
      const writes = new Map(carried.map(({ ref, write }) => [ref, write?.fields]));
      for (const { extId: ref, fields: standing } of records) {
        for (const [field, values] of holders) {
          const ours = writes.get(ref)?.[field];
          const value = ours === undefined ? standing[field] : ours;
          if (value === null || value === undefined || value === '') continue;
          // Vendors do not tell capitals from small letters here.
          const key = String(value).toLowerCase();
          values.set(key, [...(values.get(key) ?? []), { ref, written: ours !== undefined }]);
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
          const others = held.filter(({ written }) => written);
          // One of them may have it, unless somebody has it already.
          return (others.length === held.length ? others.slice(1) : others).map(({ ref }) => ({
            ref,
            value,
          }));
        });
        const examples = refused
          .slice(0, examplesKept)
          .map(({ ref, value }) => ({ ref, message: `Another record has "${value}" in ${remote}.` }));
        const fix = `Make the values of ${local} different, or allow ${remote} to repeat.`;
        const reason = {
          effect: 'record',
          way: 'out',
          field: local,
          code: 'not_unique',
          cause: 'duplicate',
          certain: true,
        } as const;
        return [{ ...reason, count: refused.length, fix, examples }];
      });
    },
  };
}

/** Refused writes looked at for what may happen again. */
const refusedRead = 200;

/**
 * What the vendor may refuse and only says when it is asked, as far as it has refused these fields before,
 * nothing has gone through since and no rule is known to refuse it anyhow. None of it is certain, and asking
 * would run the customer's automations.
 */
export async function foresee(
  deps: Deps,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: CompiledMapping },
  { crm }: CarryReport,
  rules: RuleWatch,
): Promise<readonly RefusedValues[]> {
  const written = crm.fields.map(({ field }) => field);
  const before = await refusedWrites(deps.db, connection.id, mapping.object, written, refusedRead);
  const refused = before.filter(({ ref }) => !rules.isRefused(ref));
  return [...Map.groupBy(refused, ({ failure }) => failure.code)].flatMap(([code, writes]) => {
    const [first] = writes;
    if (!first) return [];
    const examples = writes
      .slice(0, examplesKept)
      .map(({ ref, failure }) => ({ ref, message: failure.message }));
    const reason = {
      effect: 'record',
      way: 'out',
      field: null,
      code,
      cause: causeOfFailure(first.failure),
      certain: false,
    } as const;
    return [{ ...reason, count: writes.length, fix: first.failure.fix, examples }];
  });
}

function causeOfFailure({ class: sort, code }: RemoteFailure): RefusalCause {
  if (code.includes('DUPLICATE')) return 'duplicate';
  return sort === 'validation' ? 'validation_rule' : 'refused_before';
}
