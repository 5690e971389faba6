import { countPlacingFailure } from '#src/db/sync/placing-failure-store.ts';
import { reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import { markMapped, unmappedRecords } from '#src/db/sync/remote-store.ts';
import { inHalves } from '#src/db/refused-record.ts';
import type { Deps } from '#src/deps.ts';
import type { PlaceInput } from './mapped-object.ts';

/** Records between two ids, in the database's order of ids. */
export interface IdRange {
  readonly afterId: string;
  /** Included; null for no end. */
  readonly upToId: string | null;
}

interface PartsInput {
  readonly input: PlaceInput;
  /** Null outside a run. */
  readonly runId: string | null;
  /** Places the records of a range in one transaction. Returns our ids of the placed ones. */
  readonly place: (range: IdRange) => Promise<readonly string[]>;
}

/** After this many runs a record that cannot be placed is no longer tried until it changes. */
const mostRuns = 3;

/**
 * Places records whose batch failed because of one of them: in halves, and the failing half in halves again,
 * until the record is found. It becomes a problem with its id, and all others are placed. After three runs
 * it is set aside, so that it does not cost every run the search.
 *
 * @param ids the vendor's ids of the records, in the database's order
 * @throws an error that no record caused
 */
export async function placeInParts(
  deps: Deps,
  parts: PartsInput,
  ids: readonly string[],
  afterId: string,
): Promise<readonly string[]> {
  const before = (start: number): string => ids[start - 1] ?? afterId;
  return inHalves(
    ids,
    (part, start) => parts.place({ afterId: before(start), upToId: part.at(-1) ?? null }),
    async (extId, reason, error) => {
      deps.log.warn({ err: error, object: parts.input.mapping.object, extId }, 'record not placed');
      await reportRefused(deps, parts, { afterId: before(ids.indexOf(extId)), upToId: extId }, reason);
      return [];
    },
  );
}

async function reportRefused(
  deps: Deps,
  { input, runId }: PartsInput,
  range: IdRange,
  reason: string,
): Promise<void> {
  const { connection, mapping } = input;
  const { object } = mapping;
  await deps.db.transaction(async (tx) => {
    const records = await unmappedRecords(tx, connection.id, object, { ...range, limit: 1 });
    for (const { extId, hash } of records) {
      const runs = await countPlacingFailure(tx, { connectionId: connection.id, object, extId, hash }, runId);
      const isSetAside = runs >= mostRuns;
      if (isSetAside) await markMapped(tx, connection.id, object, [{ extId, hash }]);
      const aside = isSetAside
        ? ` After ${mostRuns} runs it was set aside until it changes in ${connection.name}.`
        : '';
      const failure = {
        class: 'mapping',
        code: 'record_refused',
        message: `Fairway cannot store this record: ${reason}.${aside}`,
        fix: `Correct the unusual value of this record in ${connection.name}. The log names the cause in full.`,
      } as const;
      const where = { source: 'map', connectionId: connection.id, object } as const;
      // Problems of its earlier content may be gone.
      await resolveProblems(tx, where, [extId], deps.clock());
      await reportProblems(tx, where, [{ id: deps.ids(), ref: extId, failure }], deps.clock());
    }
  });
}
