import { ConnectorError } from '#connectors/contract/failures.ts';
import type { JsonValue, ObjectDescription, RemoteRecord } from '#connectors/contract/records.ts';
import { applyInbound, applyOutbound, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping, type CompiledMapping } from '#mappings/engine/compile.ts';
import { differenceOf, type DifferenceLine } from '#mappings/engine/pack/difference.ts';
import { splitRelated } from '#mappings/engine/related.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { newestRemoteIds } from '#src/db/mappings/mapping-view.ts';
import { linkedRecordIds } from '#src/db/records/link-store.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';
import { withoutMisfits } from '#src/operations/live-mappings/load-live-mapping.ts';
import { isProjected } from '#src/operations/mappings/backfill/backfill-records.ts';
import { desiredValues, linesToWrite } from '#src/operations/write/desired-values.ts';
import { projectedObject } from '#src/operations/write/plan-writes.ts';
import { knownDescription } from './check-mapping.ts';
import { mappingSides, type CompareInput } from './compare-mappings.ts';

/** One real record, and a value of it before and after a change of the mapping. */
export interface LineExample {
  /** The vendor's id of the record. */
  readonly ref: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export interface ExamplesOfLine {
  readonly local: string;
  readonly remote: string;
  /** Where the values are: in Fairway for a line that is read, in the CRM for one that is only written. */
  readonly side: 'fairway' | 'crm';
  readonly examples: readonly LineExample[];
}

export interface LineExamples {
  readonly lines: readonly ExamplesOfLine[];
  /** The reason why no records could be read; else null. */
  readonly problem: string | null;
}

/** So many records are read to find three that show what a line does. */
const recordsRead = 25;
const examplesShown = 3;

/**
 * Shows what each changed line does to real records: up to three with a value, first those whose value changes.
 * Names and types can agree while the values are nonsense, and only the values show that.
 *
 * @throws AppError `not_found` as for comparing
 */
export async function lineExamples(deps: Deps, input: CompareInput): Promise<LineExamples> {
  const { target, before, after } = await mappingSides(deps, input);
  const { connection, place } = target;
  const description = await knownDescription(deps, connection, place.object);
  const sides = { before: fitting(before, description), after: fitting(after, description) };
  const fields = [...new Set(Object.values(sides).flatMap((side) => (side ? remoteFields(side) : [])))];
  const { records, problem } = await someRecords(deps, connection, place.object, fields);
  const written = await writtenValues(deps, connection, sides.after, records);
  const changed = differenceOf(before, after).lines.flatMap((line) => withPlace(line));
  return {
    problem,
    lines: changed.map(({ local, remote, change }) => {
      const line = after.fields.find((one) => one.local === local && one.remote === remote);
      const side = (line ?? { direction: 'in' }).direction === 'out' ? 'crm' : 'fairway';
      const all = records.map(({ extId, fields: shown }): LineExample => {
        const now = side === 'crm' ? (shown[remote] ?? null) : valueIn(sides.before, local, shown);
        const then =
          side === 'crm' ? (written.get(extId)?.[remote] ?? now) : valueIn(sides.after, local, shown);
        return { ref: extId, before: now, after: change === 'removed' ? now : then };
      });
      return { local, remote, side, examples: bestExamples(all) };
    }),
  };
}

function withPlace({ local, remote, change }: DifferenceLine) {
  return local === null || remote === null ? [] : [{ local, remote, change }];
}

function fitting(pack: MappingPack | null, description: ObjectDescription): CompiledMapping | null {
  if (pack === null) return null;
  const compiled = compileMapping(pack, description);
  return compiled.ok ? compiled.mapping : (withoutMisfits(pack, description)?.mapping ?? null);
}

/** Without the filter, so that a record that it excludes is an example too. */
function valueIn(mapping: CompiledMapping | null, local: string, fields: RemoteRecord['fields']): JsonValue {
  if (!mapping) return null;
  const { filter: _, ...unfiltered } = splitRelated(mapping).plain;
  return applyInbound(unfiltered, fields).values[local] ?? null;
}

/** Changed values first, then any value; a blank that stays blank shows nothing. */
function bestExamples(all: readonly LineExample[]): readonly LineExample[] {
  const changed = all.filter(({ before, after }) => before !== after);
  const same = all.filter(({ before, after }) => before === after && after !== null && after !== '');
  return [...changed, ...same].slice(0, examplesShown);
}

/** The values that lines that only write would write, by the vendor's id. */
async function writtenValues(
  deps: Deps,
  connection: Connection,
  mapping: CompiledMapping | null,
  records: readonly RemoteRecord[],
): Promise<ReadonlyMap<string, RemoteRecord['fields']>> {
  if (!mapping || !isProjected(mapping.kind)) return new Map();
  const { kind, object } = mapping;
  const extIds = records.map(({ extId }) => extId);
  const ids = await linkedRecordIds(deps.db, connection.id, object, extIds);
  const values = await desiredValues(deps.db, projectedObject(deps, { connection, mapping, kind }), [
    ...ids.values(),
  ]);
  const desired = new Map(values.map((one) => [one.recordId, one]));
  return new Map(
    [...ids].flatMap(([extId, id]) => {
      const one = desired.get(id);
      if (!one) return [];
      const lines = linesToWrite(mapping, one);
      return [[extId, applyOutbound(lines.mapping, lines.values).fields] as const];
    }),
  );
}

/** A person waits for the answer, so this uses the calls reserved for people. */
async function someRecords(
  deps: Deps,
  connection: Connection,
  object: string,
  fields: readonly string[],
): Promise<{ readonly records: readonly RemoteRecord[]; readonly problem: string | null }> {
  const ids = await newestRemoteIds(deps.db, connection.id, object, recordsRead);
  if (ids.length === 0 || fields.length === 0) return { records: [], problem: null };
  const pause = pauseInForce(connection, 'interactive', deps.clock());
  try {
    if (pause) throw new ConnectorError(pause);
    const records = await deps.connectorFor(connection, 'interactive').fetch(object, ids, fields);
    return { records: records.filter((record) => !record.deleted), problem: null };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { records: [], problem: `${error.failure.message} ${error.failure.fix}` };
  }
}
