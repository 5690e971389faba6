import type { RemoteFields } from '#connectors/contract/records.ts';
import { valuesOf } from '#mappings/engine/apply.ts';
import type { Db } from '#src/db/client.ts';
import type { RemoteState } from '#src/db/sync/remote-store.ts';
import { saveResolutions, type NewResolution } from '#src/db/sync/conflict-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { mergeRecord } from '#src/domain/sync/merge-record.ts';
import { includesLastWrite } from '#src/domain/sync/remote-state.ts';
import type { MappedObject } from '#src/operations/place/mapped-object.ts';
import { rebasedShadow, resolutionOf, sentValues } from '#src/operations/place/merge-remote-changes.ts';

/** The fields to write to a record, and its current state; null when the write creates it. */
export interface PlannedWrite {
  readonly recordId: string;
  readonly state: RemoteState | null;
  readonly fields: RemoteFields;
}

/**
 * Logs each edit that somebody made in the CRM to a field that only Fairway writes, once, before the planned
 * write overwrites it. A value from before Fairway's first write is no such edit. A view that does not show
 * Fairway's last write yet is skipped, because it proves nothing.
 */
export async function logOverwrittenEdits(
  deps: Deps,
  tx: Db,
  { connection, mapping }: MappedObject,
  writes: readonly PlannedWrite[],
): Promise<void> {
  const extIds = writes.flatMap(({ state }) => state?.extId ?? []);
  const shadowed = await shadowsOf(tx, connection.id, mapping.object, extIds);
  const moved = new Map<string, FieldShadow>();
  const resolutions: NewResolution[] = [];
  const shared = new Set(mapping.twoWay);
  for (const { recordId, state, fields } of writes) {
    const extId = state?.extId ?? '';
    const { shadow, view } = shadowed.get(extId) ?? {};
    if (!shadow || !view || !includesLastWrite(view, shadow)) continue;
    // A line that combines several fields is skipped: its value belongs to none of them.
    const onlyWritten = mapping.outbound.filter(
      (field) => !shared.has(field) && field.gathering === null && fields[field.remote] !== undefined,
    );
    const lines = { ...mapping, outbound: onlyWritten };
    const merge = mergeRecord(
      onlyWritten.map(({ local, policy, type }) => ({ field: local, direction: 'out', policy, type })),
      {
        theirs: valuesOf(lines, view.fields),
        ours: valuesOf(lines, fields),
        bases: valuesOf(lines, shadow.fields),
        edits: {},
        sent: sentValues(onlyWritten, shadow),
        theirsAt: view.modifiedAt,
      },
    );
    if (merge.rebased.length > 0)
      moved.set(extId, rebasedShadow(onlyWritten, shadow, view.fields, { ...merge, edits: shadow.edits }));
    const where = {
      connectionId: connection.id,
      object: mapping.object,
      extId,
      kind: mapping.kind,
      recordId,
      mappingVersion: mapping.version,
    };
    resolutions.push(...merge.conflicts.map((conflict) => resolutionOf(deps, where, conflict)));
  }
  await saveShadows(tx, connection.id, mapping.object, moved);
  await saveResolutions(tx, resolutions);
}
