import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import {
  lockMatching,
  matchCandidates,
  type Candidate,
  type KeyedRecord,
} from '#src/db/sync/shared-record-store.ts';
import { fieldsOf, type CanonicalValue, type CanonicalValues } from '#src/domain/record.ts';
import { isBlank } from '#src/domain/sync/same-value.ts';
import { misplaced, type Misplaced } from './kinds/place-context.ts';

export interface Matching {
  /** Ours, by the vendor's ids, of the records that were found among those we have. */
  readonly ids: ReadonlyMap<string, string>;
  /** Records of which it cannot be told which of ours they are, or that want one another record has. */
  readonly misplaced: readonly Misplaced[];
}

interface Unlinked {
  readonly extId: string;
  readonly values: CanonicalValues;
}

/**
 * Looks for records of ours, read from another CRM or object, that say the same in all match fields as these,
 * which have no link yet. Exactly one is the same record; none makes a new one, as does a blank in a match
 * field; several are a question for a person. Two records of one object are never made one: that is for its
 * CRM to say. Costs nothing for mappings without match fields.
 */
export async function matchRecords(
  tx: Db,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: CompiledMapping },
  records: readonly Unlinked[],
): Promise<Matching> {
  const { kind, object, extra, match } = mapping;
  const keyed = match.length === 0 ? [] : records.flatMap((record) => keyedRecord(record, match));
  if (keyed.length === 0) return { ids: new Map(), misplaced: [] };
  const declared = fieldsOf(kind, extra);
  const fields = match.map((name) => ({ name, type: declared[name]?.type ?? ('text' as const) }));
  await lockMatching(tx, kind);
  const found = Map.groupBy(
    await matchCandidates(tx, { connectionId: connection.id, object, kind }, fields, keyed),
    ({ extId }) => extId,
  );
  const ids = new Map<string, string>();
  const taken = new Map<string, string>();
  const unclear: Misplaced[] = [];
  for (const [extId, candidates] of found) {
    const [one, ...others] = candidates;
    if (!one) continue;
    const takenBy = one.takenBy ?? taken.get(one.recordId);
    if (others.length > 0) unclear.push(severalFound(extId, match, candidates));
    else if (takenBy !== undefined)
      unclear.push(foundTaken(extId, match, one, `${connection.name} ${takenBy}`));
    else {
      ids.set(extId, one.recordId);
      taken.set(one.recordId, extId);
    }
  }
  return { ids, misplaced: unclear };
}

/** None of a record that leaves a match field blank: nothing can be told by it. */
function keyedRecord({ extId, values }: Unlinked, match: readonly string[]): KeyedRecord[] {
  const keys = match.map((field) => keyOf(values[field] ?? null));
  return keys.some(isBlank) ? [] : [{ extId, keys }];
}

const keyOf = (value: CanonicalValue): CanonicalValue => (typeof value === 'string' ? value.trim() : value);

/** So many are named that somebody can look. */
const named = 5;

function severalFound(extId: string, match: readonly string[], candidates: readonly Candidate[]): Misplaced {
  const which = candidates.slice(0, named).map(({ elsewhere }) => elsewhere);
  const more = candidates.length > named ? ` and ${candidates.length - named} more` : '';
  return misplaced(
    extId,
    'match_ambiguous',
    `${candidates.length} records say the same in ${match.join(' and ')}: ${which.join(', ')}${more}.`,
    'Merge them if they are the same, correct the fields that say the same, or match by a field that tells them apart.',
  );
}

function foundTaken(
  extId: string,
  match: readonly string[],
  { elsewhere }: Candidate,
  takenBy: string,
): Misplaced {
  return misplaced(
    extId,
    'match_taken',
    `It says the same in ${match.join(' and ')} as ${elsewhere}, which is ${takenBy} already.`,
    `Merge it with ${takenBy} if they are the same, or correct the fields that say the same.`,
  );
}
