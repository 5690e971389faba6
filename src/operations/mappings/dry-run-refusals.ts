import type { Connector, ObjectDescription, RemoteRecord } from '#connectors/connector.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { refusedWrites } from '#src/db/carry-view.ts';
import type { Connection } from '#src/db/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CarriedRecord } from './backfill-records.ts';
import { examplesKept, type CarryReport, type RefusedValues } from './backfill-report.ts';

/** Watches the fields in which the vendor allows each value once. */
export interface UniqueValues {
  add(records: readonly RemoteRecord[], carried: readonly CarriedRecord[]): void;
  /** Values that two of the records read would have: the vendor refuses all but one. */
  repeated(): readonly RefusedValues[];
}

export function uniqueValues({ outbound }: CompiledMapping, { fields }: ObjectDescription): UniqueValues {
  const unique = new Set(fields.flatMap((field) => (field.unique ? [field.name] : [])));
  const watched = outbound.filter(({ remote }) => unique.has(remote));
  const holders = new Map(watched.map(({ remote }) => [remote, new Map<string, { readonly ref: string; readonly written: boolean }[]>()]));
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
        const clashes = [...(holders.get(remote) ?? [])].filter(([, held]) => held.length > 1 && held.some(({ written }) => written));
        if (clashes.length === 0) return [];
        const refused = clashes.flatMap(([value, held]) => {
          const others = held.filter(({ written }) => written);
          // One of them may have it, unless somebody has it already.
          return (others.length === held.length ? others.slice(1) : others).map(({ ref }) => ({ ref, value }));
        });
        const examples = refused
          .slice(0, examplesKept)
          .map(({ ref, value }) => ({ ref, message: `Another record has "${value}" in ${remote}.` }));
        const fix = `Make the values of ${local} different, or allow ${remote} to repeat.`;
        const reason = { effect: 'record', way: 'out', field: local, code: 'not_unique', cause: 'duplicate', certain: true } as const;
        return [{ ...reason, count: refused.length, fix, examples }];
      });
    },
  };
}

/** Refused writes looked at for what may happen again. */
const refusedRead = 200;

export interface Foreseeing {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly mapping: CompiledMapping;
}

/**
 * What the vendor may refuse and only says when it is asked: its rules that look at a field that is written, and what it has refused of
 * these fields before. None of it is certain, and asking would run the customer's automations.
 */
export async function foresee(deps: Deps, input: Foreseeing, { crm }: CarryReport): Promise<readonly RefusedValues[]> {
  if (crm.written === 0) return [];
  const written = new Map(crm.fields.map(({ field, count }) => [field, count]));
  return [...(await fromRules(input, written)), ...(await fromHistory(deps, input, [...written.keys()]))];
}

async function fromRules({ connector, mapping }: Foreseeing, written: ReadonlyMap<string, number>): Promise<readonly RefusedValues[]> {
  const rules = (await connector.rules?.(mapping.object)) ?? [];
  return rules.flatMap(({ name, message, fields }) => {
    const field = fields.find((one) => written.has(one));
    if (field === undefined) return [];
    const fix = `Look at the rule ${name} of ${mapping.object}, or leave ${field} out.`;
    const reason = { effect: 'record', way: 'out', field, code: name, cause: 'validation_rule', certain: false } as const;
    return [{ ...reason, count: written.get(field) ?? 0, fix, examples: [{ ref: name, message }] }];
  });
}

async function fromHistory(deps: Deps, { connection, mapping }: Foreseeing, fields: readonly string[]): Promise<readonly RefusedValues[]> {
  const refused = await refusedWrites(deps.db, connection.id, mapping.object, fields, refusedRead);
  return [...Map.groupBy(refused, ({ failure }) => failure.code)].flatMap(([code, writes]) => {
    const [first] = writes;
    if (!first) return [];
    const examples = writes.slice(0, examplesKept).map(({ ref, failure }) => ({ ref, message: failure.message }));
    const reason = { effect: 'record', way: 'out', field: null, code, cause: 'refused_before', certain: false } as const;
    return [{ ...reason, count: writes.length, fix: first.failure.fix, examples }];
  });
}
