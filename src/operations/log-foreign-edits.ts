import type { RemoteFields } from '#connectors/connector.ts';
import { valuesOf } from '#mappings/engine/apply.ts';
import type { Db } from '#src/db/client.ts';
import type { RemoteState } from '#src/db/remote-store.ts';
import { saveResolutions, type NewResolution } from '#src/db/resolution-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { mergeRecord } from '#src/domain/sync/merge-record.ts';
import { isTrusted } from '#src/domain/sync/standing.ts';
import { rebasedShadow, resolutionOf, sentValues, type MergePlace } from './merge-views.ts';

/** What is to be written to a record, and what it holds; null when it is to be made. */
export interface PlannedWrite {
  readonly recordId: string;
  readonly state: RemoteState | null;
  readonly fields: RemoteFields;
}

/**
 * Fields that only Fairway writes, and somebody changed in the CRM: each such edit is logged once, and written over. What stood there
 * before Fairway's first write is nobody's edit, and a view that does not show our last write proves none.
 */
export async function logForeignEdits(deps: Deps, tx: Db, place: MergePlace, writes: readonly PlannedWrite[]): Promise<void> {
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
    const owned = mapping.outbound.filter((field) => !shared.has(field) && fields[field.remote] !== undefined);
    const merge = mergeRecord(
      owned.map(({ local, policy, type }) => ({ field: local, direction: 'out', policy, type })),
      {
        theirs: valuesOf(mapping, view.fields),
        ours: valuesOf(mapping, fields),
        bases: valuesOf(mapping, shadow.fields),
        edits: {},
        sent: sentValues(mapping, shadow),
        theirsAt: view.modifiedAt,
      },
    );
    if (merge.rebased.length > 0) moved.set(extId, rebasedShadow(mapping, shadow, view.fields, { ...merge, edits: shadow.edits }));
    const where = { connectionId: connection.id, object: mapping.object, extId, kind, recordId, mappingVersion: mapping.version };
    resolutions.push(...merge.conflicts.map((conflict) => resolutionOf(deps, where, conflict)));
  }
  await saveShadows(tx, connection.id, mapping.object, moved);
  await saveResolutions(tx, resolutions);
}
