import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import { applyInbound, type Inbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { relatedFields, relatedKey, relatedLines } from '#mappings/engine/related.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { recordValues } from '#src/db/records/record-values-view.ts';
import { linkedIds } from '#src/db/records/link-store.ts';
import { unplaceReferring } from '#src/db/sync/shared-record-store.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalFields, type CanonicalField, type CanonicalKind } from '#src/domain/record.ts';
import { packFor, packsOf } from '#src/operations/connections/use-connection.ts';

interface Pulled {
  readonly extId: string;
  readonly fields: RemoteFields;
}

/**
 * What records say, with what their mapping looks up in the records they point at beside it, by the vendor's
 * id. A record pointed at that is not known here yet leaves its values out. Costs nothing for mappings that
 * look nothing up.
 */
export async function withRelated(
  deps: Pick<Deps, 'packs'>,
  tx: Db,
  { connection, mapping }: { readonly connection: Connection; readonly mapping: CompiledMapping },
  records: readonly Pulled[],
): Promise<ReadonlyMap<string, RemoteFields>> {
  const lookups = relatedFields(mapping);
  if (lookups.length === 0) return new Map();
  const found = new Map(
    records.map(({ extId, fields }): [string, Record<string, JsonValue>] => [extId, { ...fields }]),
  );
  for (const [, wanted] of Map.groupBy(lookups, ({ remote, kind }) => `${remote} ${kind}`)) {
    const { remote = '', kind = 'account' } = wanted[0] ?? {};
    const pointed = new Map(records.map(({ extId, fields }) => [extId, targetOf(fields[remote])]));
    const object = packFor(deps, connection, kind)?.object ?? '';
    const links = await linkedIds(
      tx,
      connection.id,
      object,
      [...new Set(pointed.values())].filter((id) => id !== null),
    );
    const values = await recordValues(tx, kind, [...new Set(links.values())]);
    for (const [extId, fields] of found) {
      const target = pointed.get(extId) ?? null;
      const record = values.get(links.get(target ?? '') ?? '');
      for (const one of wanted) {
        if (target === null) fields[relatedKey(one)] = null;
        else if (record) fields[relatedKey(one)] = record[one.field] ?? null;
      }
    }
  }
  return found;
}

/** A reference, or the only one of an association. */
function targetOf(value: JsonValue | undefined): string | null {
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof one === 'string' && one !== '' ? one : null;
}

/**
 * Reads what is looked up, beside what was read of the record itself. @param looking the lines that look up
 */
export function alsoLooked(looking: CompiledMapping, own: Inbound, fields: RemoteFields): Inbound {
  if (looking.inbound.length === 0 || own.filtered) return own;
  const looked = applyInbound(looking, fields);
  return {
    ...own,
    values: { ...own.values, ...looked.values },
    problems: [...own.problems, ...looked.problems],
    placed: own.placed && looked.placed,
  };
}

/**
 * Records that look something up in these, which have just been placed anew, are placed again: the next time
 * their object is.
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
