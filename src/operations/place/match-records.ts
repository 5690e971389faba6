import type { RemoteFields } from '#connectors/contract/records.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { opportunitiesWrittenAs } from '#src/db/registrations/lifecycle/new-opportunity-store.ts';
import { registrationsWrittenAs } from '#src/db/registrations/lifecycle/crm-record-store.ts';
import {
  lockRecordMatching,
  matchCandidates,
  type Candidate,
  type KeyedRecord,
} from '#src/db/sync/record-match-store.ts';
import { fieldsOf, severalIds, type CanonicalValue, type CanonicalValues } from '#src/domain/record.ts';
import { isBlank } from '#src/domain/sync/same-value.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import { placingFailure, type PlacingFailure } from './kinds/place-context.ts';
import type { MappedObject } from './mapped-object.ts';

export interface RecordMatches {
  /** Our ids of the matching records, by the vendor's id. */
  readonly ids: ReadonlyMap<string, string>;
  /** Records with several matches, or with a match that is linked to another record of the same object. */
  readonly failed: readonly PlacingFailure[];
}

interface UnlinkedRecord {
  readonly extId: string;
  readonly values: CanonicalValues;
}

/**
 * By the vendor's id: our ids of the registrations and opportunities that Fairway has created in this CRM, whose records
 * are read before the answer to their creation is known, or after it was lost.
 */
export function createdHere(
  tx: Db,
  { connection, mapping }: MappedObject,
  records: readonly (UnlinkedRecord & { readonly key: string })[],
): Promise<ReadonlyMap<string, string>> {
  if (mapping.kind === 'opportunity')
    return opportunitiesWrittenAs(
      tx,
      connection.id,
      records.filter(({ key }) => key !== '').map(({ extId, key }) => ({ extId, key })),
    );
  if (mapping.kind !== 'registration') return Promise.resolve(new Map());
  const numbered = records.map(({ extId, values }) => ({
    extId,
    number: textOf(values['number']) ?? '',
    partners: textOf(values['partner'])?.split(severalIds) ?? [],
  }));
  return registrationsWrittenAs(tx, connection.id, numbered);
}

/** The key under which Fairway created the record of an opportunity; empty for every other one. */
export function creationKeyIn({ kind, outbound }: CompiledMapping, fields: RemoteFields): string {
  const line = kind === 'opportunity' ? outbound.find(({ local }) => local === 'creationKey') : undefined;
  return line === undefined ? '' : String(fields[line.remote] ?? '');
}

/**
 * Matches records without a link to records that came from another CRM or object and have the same values in
 * all match fields. One match is the same record. No match, or a blank match field, makes a new record.
 * Several matches are a problem for a person to solve. Two records of one object are never matched: merging
 * them is up to their CRM. A mapping without match fields asks the database nothing.
 */
export async function matchRecords(
  tx: Db,
  { connection, mapping }: MappedObject,
  records: readonly UnlinkedRecord[],
): Promise<RecordMatches> {
  const { kind, object, extra, match } = mapping;
  const keyed = match.length === 0 ? [] : records.flatMap((record) => keyedRecord(record, match));
  if (keyed.length === 0) return { ids: new Map(), failed: [] };
  const declared = fieldsOf(kind, extra);
  const fields = match.map((name) => ({ name, type: declared[name]?.type ?? ('text' as const) }));
  await lockRecordMatching(tx, kind);
  const found = Map.groupBy(
    await matchCandidates(tx, { connectionId: connection.id, object, kind }, fields, keyed),
    ({ extId }) => extId,
  );
  const ids = new Map<string, string>();
  /** The vendor's ids of the records matched in this batch, by our ids. */
  const linkedNow = new Map<string, string>();
  const failed: PlacingFailure[] = [];
  for (const [extId, candidates] of found) {
    const [one, ...others] = candidates;
    if (!one) continue;
    const linkedTo = one.linkedExtId ?? linkedNow.get(one.recordId);
    if (others.length > 0) failed.push(severalMatches(extId, match, candidates));
    else if (linkedTo !== undefined)
      failed.push(matchAlreadyLinked(extId, match, one, `${connection.name} ${linkedTo}`));
    else {
      ids.set(extId, one.recordId);
      linkedNow.set(one.recordId, extId);
    }
  }
  return { ids, failed };
}

/** The match fields of a record as its key; empty when one of them is blank. */
function keyedRecord({ extId, values }: UnlinkedRecord, match: readonly string[]): KeyedRecord[] {
  const keys = match.map((field) => keyOf(values[field] ?? null));
  return keys.some(isBlank) ? [] : [{ extId, keys }];
}

const keyOf = (value: CanonicalValue): CanonicalValue => (typeof value === 'string' ? value.trim() : value);

const mostMatchesNamed = 5;

function severalMatches(
  extId: string,
  match: readonly string[],
  candidates: readonly Candidate[],
): PlacingFailure {
  const named = candidates.slice(0, mostMatchesNamed).map(({ elsewhere }) => elsewhere);
  const more = candidates.length > named.length ? ` and ${candidates.length - named.length} more` : '';
  const fields = match.join(' and ');
  return placingFailure(
    extId,
    'match_ambiguous',
    `${candidates.length} records have the same ${fields}: ${named.join(', ')}${more}.`,
    `Merge them if they are the same, correct their ${fields}, or choose another match field in the mapping.`,
  );
}

function matchAlreadyLinked(
  extId: string,
  match: readonly string[],
  { elsewhere }: Candidate,
  linkedTo: string,
): PlacingFailure {
  const fields = match.join(' and ');
  return placingFailure(
    extId,
    'match_taken',
    `It has the same ${fields} as ${elsewhere}, which is already linked to ${linkedTo}.`,
    `Merge it with ${linkedTo} if they are the same, or correct their ${fields}.`,
  );
}
