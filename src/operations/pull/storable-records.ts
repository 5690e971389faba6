import type { RecordProblem, RemoteRecord } from '#connectors/contract/records.ts';
import { inHalves } from '#src/db/refused-record.ts';
import type { Db } from '#src/db/client.ts';
import { longestId } from '#src/domain/record-limits.ts';

export interface StorableRecords {
  readonly records: readonly RemoteRecord[];
  /** The records that cannot be stored, each with its reason. */
  readonly problems: readonly RecordProblem[];
}

/** The beginning of an ISO 8601 time in a year that databases know. */
const stamp = /^[12]\d{3}-\d\d-\d\dT/;

/** Separates the records whose id or stamp no table can hold. */
export function storableRecords(records: readonly RemoteRecord[]): StorableRecords {
  const unfit = records.filter(({ extId, modifiedAt }) => idFault(extId) !== null || !stamp.test(modifiedAt));
  if (unfit.length === 0) return { records, problems: [] };
  const left = new Set(unfit);
  return {
    records: records.filter((record) => !left.has(record)),
    problems: unfit.map(({ extId, modifiedAt }) =>
      problemOf(
        extId,
        idFault(extId) ??
          `Its time of modification, ${JSON.stringify(modifiedAt.slice(0, 40))}, is not a time.`,
      ),
    ),
  };
}

function idFault(extId: string): string | null {
  if (extId === '' || extId.includes('\0'))
    return 'Its id is empty or has a character that cannot be stored.';
  if (extId.length <= longestId) return null;
  return `Its id has ${extId.length} characters; at most ${longestId} are possible.`;
}

const problemOf = (ref: string, message: string): RecordProblem => ({
  ref,
  failure: {
    class: 'validation',
    code: 'record_not_storable',
    message,
    fix: 'Correct the record in its system, or ask the vendor.',
  },
});

/**
 * Stores records with `store`, in halves when the database refuses one of them, so that only that one is left
 * out. Call it only after storing all of them at once has failed: each part has a savepoint.
 */
export async function storeInParts(
  tx: Db,
  records: readonly RemoteRecord[],
  store: (tx: Db, records: readonly RemoteRecord[]) => Promise<number>,
): Promise<{ readonly count: number; readonly problems: readonly RecordProblem[] }> {
  const problems: RecordProblem[] = [];
  const counts = await inHalves(
    records,
    async (part) => [await tx.transaction((savepoint) => store(savepoint, part))],
    async ({ extId }, reason) => {
      problems.push(problemOf(extId, `Fairway cannot store this record: ${reason}.`));
      return [];
    },
  );
  return { count: counts.reduce((sum, count) => sum + count, 0), problems };
}
