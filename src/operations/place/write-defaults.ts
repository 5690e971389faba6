import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import type { Db } from '#src/db/client.ts';
import { remoteStates } from '#src/db/sync/remote-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalValue } from '#src/domain/record.ts';
import { isBlank } from '#src/domain/sync/same-value.ts';
import { emptyShadow, withEdit } from '#src/domain/sync/shadow.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';

export interface DefaultsInput {
  readonly connection: { readonly id: string };
  readonly mapping: CompiledMapping;
  readonly pack: MappingPack;
}

/**
 * Marks a default as an edit where the CRM's field is blank and our record has the default. The next plan
 * writes it, once, and it is merged like any edit if somebody fills the field in the CRM meanwhile. Call it
 * under `lockObject`, before planning.
 */
export async function writeDefaults(
  deps: Deps,
  tx: Db,
  { connection, mapping, pack }: DefaultsInput,
  recordIds: readonly string[],
): Promise<void> {
  const defaulted = new Set(
    pack.fields.flatMap((field) =>
      field.direction === 'both' && field.default !== undefined ? [field.local] : [],
    ),
  );
  const fields = mapping.twoWay.filter(({ local }) => defaulted.has(local));
  const { kind } = mapping;
  if (fields.length === 0 || !isEditable(kind)) return;
  const states = await remoteStates(tx, connection.id, mapping.object, recordIds);
  const records = await canonicalRecords(tx, kind, recordIds);
  const extIds = states.map((state) => state.extId);
  const shadows = await shadowsOf(tx, connection.id, mapping.object, extIds);
  const edited = new Map<string, FieldShadow>();
  for (const { extId, recordId, fields: current } of states) {
    const known: FieldShadow = shadows.get(extId)?.shadow ?? emptyShadow();
    const missing = fields.filter(({ local, remote, read }) => {
      const theirs = current[remote] === undefined ? undefined : read(current[remote]);
      const ours: CanonicalValue = records.get(recordId)?.values[local] ?? null;
      const blank = theirs !== undefined && !isRefusal(theirs) && isBlank(theirs);
      return blank && !isBlank(ours) && known.edits[local] === undefined;
    });
    const withDefaults = missing.reduce((shadow, { local, remote }) => {
      const before = current[remote] ?? null;
      return withEdit(shadow, { ours: local, theirs: remote }, { before, at: deps.clock() });
    }, known);
    if (missing.length > 0) edited.set(extId, withDefaults);
  }
  await saveShadows(tx, connection.id, mapping.object, edited);
}
