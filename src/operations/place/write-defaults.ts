import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import type { Db } from '#src/db/client.ts';
import { remoteStates } from '#src/db/sync/remote-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalKind, CanonicalValue } from '#src/domain/record.ts';
import { isBlank } from '#src/domain/sync/same-value.ts';
import { emptyShadow, withEdit } from '#src/domain/sync/shadow.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';

export interface DefaultsInput {
  readonly connection: { readonly id: string };
  readonly mapping: CompiledMapping;
  readonly pack: MappingPack;
  readonly kind: CanonicalKind;
}

/**
 * Where theirs is blank and ours has its default, the default is to be written, as if somebody had entered it
 * here: so it is merged with what somebody enters in the CRM meanwhile, and is not sent twice. Call it under
 * `lockObject`, before planning.
 */
export async function writeDefaults(
  deps: Deps,
  tx: Db,
  { connection, mapping, pack, kind }: DefaultsInput,
  recordIds: readonly string[],
): Promise<void> {
  const defaulted = new Set(
    pack.fields.flatMap((field) =>
      field.direction === 'both' && field.default !== undefined ? [field.local] : [],
    ),
  );
  const fields = mapping.twoWay.filter(({ local }) => defaulted.has(local));
  if (fields.length === 0 || !isEditable(kind)) return;
  const states = await remoteStates(tx, connection.id, mapping.object, recordIds);
  const own = await canonicalRecords(tx, kind, recordIds);
  const extIds = states.map((state) => state.extId);
  const shadows = await shadowsOf(tx, connection.id, mapping.object, extIds);
  const edited = new Map<string, FieldShadow>();
  for (const { extId, recordId, fields: standing } of states) {
    const known: FieldShadow = shadows.get(extId)?.shadow ?? emptyShadow();
    const missing = fields.filter(({ local, remote, read }) => {
      const theirs = standing[remote] === undefined ? undefined : read(standing[remote]);
      const ours: CanonicalValue = own.get(recordId)?.values[local] ?? null;
      const blank = theirs !== undefined && !isRefusal(theirs) && isBlank(theirs);
      return blank && !isBlank(ours) && known.edits[local] === undefined;
    });
    const withDefaults = missing.reduce((shadow, { local, remote }) => {
      const before = standing[remote] ?? null;
      return withEdit(shadow, { ours: local, theirs: remote }, { before, at: deps.clock() });
    }, known);
    if (missing.length > 0) edited.set(extId, withDefaults);
  }
  await saveShadows(tx, connection.id, mapping.object, edited);
}
