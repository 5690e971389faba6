import type { RemoteRecord } from '#connectors/contract/records.ts';
import { applyInbound, type Inbound } from '#mappings/engine/apply.ts';
import { splitRelated } from '#mappings/engine/related.ts';
import type { NewProblem } from '#src/db/sync/problem-store.ts';
import type { UnmappedRecord } from '#src/db/sync/remote-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import type { RecordToPlace } from './kinds/place-context.ts';
import type { PlaceInput } from './mapped-object.ts';
import { createdHere, creationKeyIn, matchRecords } from './match-records.ts';
import { mergeRemoteChanges } from './merge-remote-changes.ts';
import { preservedValues } from './preserved-values.ts';
import { withRelated, withRelatedValues } from './related-values.ts';

/** Why a record, or one of its values, could not be placed. */
export interface PlacingProblem extends NewProblem {
  /** Our field; absent when the reason is not a single field. */
  readonly field?: string;
}

/** A batch of stored records in canonical values. */
export interface ReadBatch {
  readonly ready: readonly RecordToPlace[];
  readonly problems: readonly PlacingProblem[];
  /** Vendor's ids of records that cannot be placed yet. */
  readonly unreadable: readonly string[];
  /**
   * Vendor's ids of records that the mapping's filter leaves out. If they were placed before, they count as
   * deleted.
   */
  readonly filteredOut: readonly string[];
}

/**
 * Reads stored records: maps their fields, merges them with edits made in Fairway, looks up values of related
 * records, and gives each its id, which may be that of a matching record of another CRM.
 *
 * @param known our ids of the linked records, by the vendor's id
 */
export async function readBatch(
  deps: Deps,
  tx: Db,
  { connection, mapping }: PlaceInput,
  records: readonly UnmappedRecord[],
  known: ReadonlyMap<string, string>,
): Promise<ReadBatch> {
  const { plain, lookups } = splitRelated(mapping);
  const merged = await mergeRemoteChanges(deps, tx, { connection, mapping: plain }, records, known);
  const related = await withRelated(deps, tx, { connection, mapping }, records);
  const problems: PlacingProblem[] = [];
  const unreadable: string[] = [];
  const filteredOut: string[] = [];
  const read: ReadValues[] = [];
  for (const { extId, fields, deleted } of records) {
    if (deleted) continue;
    const ofRecord = merged.get(extId) ?? applyInbound(plain, fields);
    const inbound = withRelatedValues(lookups, ofRecord, related.get(extId) ?? fields);
    for (const { field, code, message, fix } of inbound.problems) {
      const failure = { class: 'mapping', code, message: `${field}: ${message}`, fix } as const;
      problems.push({ id: deps.ids(), ref: extId, field, failure });
    }
    if (inbound.placed) read.push({ extId, inbound, key: creationKeyIn(mapping, fields) });
    else if (inbound.filtered) filteredOut.push(extId);
    else unreadable.push(extId);
  }
  const unlinked = read
    .filter(({ extId }) => !known.has(extId))
    .map(({ extId, inbound, key }) => ({ extId, values: inbound.values, key }));
  const written = await createdHere(tx, { connection, mapping }, unlinked);
  const matching = await matchRecords(
    tx,
    { connection, mapping },
    unlinked.filter(({ extId }) => !written.has(extId)),
  );
  const unmatched = new Set(matching.failed.map(({ extId }) => extId));
  const ready = await withIds(
    deps,
    tx,
    mapping,
    read.filter(({ extId }) => !unmatched.has(extId)),
    new Map([...known, ...written, ...matching.ids]),
  );
  return {
    ready,
    problems: [
      ...problems,
      ...matching.failed.map(({ extId, failure }) => ({ id: deps.ids(), ref: extId, failure })),
    ],
    unreadable: [...unreadable, ...unmatched],
    filteredOut,
  };
}

interface ReadValues {
  readonly extId: string;
  readonly inbound: Inbound;
  /** See `creationKeyIn`. */
  readonly key: string;
}

/** Gives each record our id, and to a record placed before the values it keeps. */
async function withIds(
  deps: Deps,
  tx: Db,
  mapping: PlaceInput['mapping'],
  read: readonly ReadValues[],
  ids: ReadonlyMap<string, string>,
): Promise<readonly RecordToPlace[]> {
  const placedBefore = read.flatMap(({ extId, inbound }) => {
    const id = ids.get(extId);
    return id === undefined ? [] : [{ id, isReadable: inbound.problems.length === 0 }];
  });
  const preserved = await preservedValues(tx, mapping, placedBefore);
  return read.map(({ extId, inbound }) => {
    const id = ids.get(extId) ?? deps.ids();
    return { extId, id, values: { ...preserved.get(id), ...inbound.values } };
  });
}

/** A record of an object's first read, mapped while the page before it was stored. */
export interface FirstReadRecord {
  readonly record: RemoteRecord;
  readonly inbound: Inbound;
}

/**
 * The records of a first read that can be placed at once: those without a problem to report. With match
 * fields there are none, because matching needs the records of both CRMs.
 */
export function readyAtFirstRead(
  { ids }: Pick<Deps, 'ids'>,
  { mapping }: PlaceInput,
  records: readonly FirstReadRecord[],
): readonly RecordToPlace[] {
  if (mapping.match.length > 0) return [];
  return records
    .filter(
      ({ record, inbound }) =>
        !record.deleted &&
        inbound.placed &&
        inbound.problems.length === 0 &&
        creationKeyIn(mapping, record.fields) === '',
    )
    .map(({ record, inbound }) => ({ extId: record.extId, id: ids(), values: inbound.values }));
}
