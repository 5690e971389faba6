import type { RemoteFields } from '#connectors/contract/crm.ts';
import { valuesOf } from '#mappings/engine/apply.ts';
import type { Db } from '#src/db/client.ts';
import type { RemoteState } from '#src/db/sync/remote-store.ts';
import { saveResolutions, type NewResolution } from '#src/db/sync/resolution-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { mergeRecord } from '#src/domain/sync/merge-record.ts';
import { isTrusted } from '#src/domain/sync/remote-state.ts';
import {
  rebasedShadow,
  resolutionOf,
  sentValues,
  type MergePlace,
} from '#src/operations/place/merge-remote-changes.ts';

/** What is to be written to a record, and what it holds; null when it is to be made. */
export interface PlannedWrite {
  readonly recordId: string;
  readonly state: RemoteState | null;
  readonly fields: RemoteFields;
}

/**
 * Fields that only Fairway writes, and somebody changed in the CRM: each such edit is logged once, and
 * written over. What stood there before Fairway's first write is nobody's edit, and a view that does not show
 * our last write proves none.
 */
export async function logOverwrittenEdits(
  deps: Deps,
  tx: Db,
  place: MergePlace,
  writes: readonly PlannedWrite[],
): Promise<void> {
  const { connection, mapping, kind } = place;
  const extIds = writes.flatMap(({ state }) => state?.extId ?? []);
  const shadowed = await shadowsOf(tx, connection.id, mapping.object, extIds);
  const moved = new Map<string, FieldShadow>();
  const resolutions: NewResolution[] = [];
  const shared = new Set(mapping.twoWay);
  for (const { recordId, state, fields } of writes) {
    const extId = state?.extId ?? '';
    const { shadow, view } = shadowed.get(extId) ?? {};
    if (!shadow || !view || !isTrusted(view, shadow)) continue;
    // What was put together from several of our fields is the value of none of them.
    const owned = mapping.outbound.filter(
      (field) => !shared.has(field) && field.gathering === null && fields[field.remote] !== undefined,
    );
    const lines = { ...mapping, outbound: owned };
    const merge = mergeRecord(
      owned.map(({ local, policy, type }) => ({ field: local, direction: 'out', policy, type })),
      {
        theirs: valuesOf(lines, view.fields),
        ours: valuesOf(lines, fields),
        bases: valuesOf(lines, shadow.fields),
        edits: {},
        sent: sentValues(owned, shadow),
        theirsAt: view.modifiedAt,
      },
    );
    if (merge.rebased.length > 0)
      moved.set(extId, rebasedShadow(owned, shadow, view.fields, { ...merge, edits: shadow.edits }));
    const where = {
      connectionId: connection.id,
      object: mapping.object,
      extId,
      kind,
      recordId,
      mappingVersion: mapping.version,
    };
    resolutions.push(...merge.conflicts.map((conflict) => resolutionOf(deps, where, conflict)));
  }
  await saveShadows(tx, connection.id, mapping.object, moved);
  await saveResolutions(tx, resolutions);
}
