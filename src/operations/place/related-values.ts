import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import { applyInbound, type Inbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { relatedFields, relatedKey, relatedLines } from '#mappings/engine/related.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { recordValues } from '#src/db/records/record-values-view.ts';
import { linkedRecordIds } from '#src/db/records/link-store.ts';
import { unplaceReferring } from '#src/db/sync/record-match-store.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalFields, type CanonicalField, type CanonicalKind } from '#src/domain/record.ts';
import { packFor, packsOf } from '#src/operations/connections/use-connection.ts';

interface ReadFields {
  readonly extId: string;
  readonly fields: RemoteFields;
}

/**
 * Adds to the fields of each record the values that its mapping looks up in the records it refers to. Values
 * of a record that has not been placed yet are absent. Returns the fields by the vendor's id, and an empty
 * map for a mapping that looks nothing up.
 */
export async function withRelated(
  deps: Pick<Deps, 'packs'>,
  tx: Db,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: CompiledMapping },
  records: readonly ReadFields[],
): Promise<ReadonlyMap<string, RemoteFields>> {
  const lookups = relatedFields(mapping);
  if (lookups.length === 0) return new Map();
  const found = new Map(
    records.map(({ extId, fields }): [string, Record<string, JsonValue>] => [extId, { ...fields }]),
  );
  for (const [, wanted] of Map.groupBy(lookups, ({ remote, kind }) => `${remote} ${kind}`)) {
    const { remote = '', kind = 'account' } = wanted[0] ?? {};
    const targets = new Map(records.map(({ extId, fields }) => [extId, targetOf(fields[remote])]));
    const object = packFor(deps, connection, kind)?.object ?? '';
    const links = await linkedRecordIds(
      tx,
      connection.id,
      object,
      [...new Set(targets.values())].filter((id) => id !== null),
    );
    const values = await recordValues(tx, kind, [...new Set(links.values())]);
    for (const [extId, fields] of found) {
      const target = targets.get(extId) ?? null;
      const record = values.get(links.get(target ?? '') ?? '');
      for (const one of wanted) {
        if (target === null) fields[relatedKey(one)] = null;
        else if (record) fields[relatedKey(one)] = record[one.field] ?? null;
      }
    }
  }
  return found;
}

/** The id in a reference field; null when it is empty, or an association with several ids. */
function targetOf(value: JsonValue | undefined): string | null {
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof one === 'string' && one !== '' ? one : null;
}

/**
 * Adds the looked-up values to the values of the record itself.
 *
 * @param lookups the lines of the mapping that look something up
 * @param fields from `withRelated`
 */
export function withRelatedValues(lookups: CompiledMapping, inbound: Inbound, fields: RemoteFields): Inbound {
  if (lookups.inbound.length === 0 || inbound.filtered) return inbound;
  const related = applyInbound(lookups, fields);
  return {
    ...inbound,
    values: { ...inbound.values, ...related.values },
    problems: [...inbound.problems, ...related.problems],
    placed: inbound.placed && related.placed,
  };
}

/**
 * Marks the records that look something up in these as unplaced, so that they are placed again with the new
 * values.
 */
export async function placeReferringAgain(
  deps: Pick<Deps, 'packs'>,
  tx: Db,
  connection: Connection,
  kind: CanonicalKind,
  placedIds: readonly string[],
): Promise<void> {
  if (placedIds.length === 0) return;
  for (const pack of packsOf(deps, connection)) {
    const remotes = new Set(relatedLines(pack).map(({ line }) => line.remote));
    const ours: Readonly<Record<string, CanonicalField>> = canonicalFields[pack.kind];
    const references = pack.fields
      .filter(({ local, remote }) => remotes.has(remote) && ours[local]?.to === kind)
      .map(({ local }) => local);
    for (const reference of new Set(references)) {
      await unplaceReferring(
        tx,
        { connectionId: connection.id, object: pack.object, kind: pack.kind },
        reference,
        placedIds,
      );
    }
  }
}
