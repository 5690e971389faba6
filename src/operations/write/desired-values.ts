import type { RemoteFields } from '#connectors/contract/records.ts';
import { localFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { writableRecordIds } from '#src/db/records/link-store.ts';
import { recordsShowing, type OwnedFields } from '#src/db/sync/remote-store.ts';
import { editedRecords } from '#src/db/sync/shadow-store.ts';
import {
  canonicalFields,
  extraPrefix,
  type CanonicalField,
  type CanonicalValues,
} from '#src/domain/record.ts';
import { pendingEdits } from '#src/operations/edits/pending-edits.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';
import {
  isComplete,
  decidedValues,
  recordsInScope,
  type ProjectedKind,
  type Scope,
} from './values/decided-values.ts';
import type { Projection } from './values/projection.ts';

/** One object of one CRM. */
export interface ProjectedObject {
  readonly connectionId: string;
  /** The address of the console, for links. Null if it is not known. */
  readonly consoleUrl: string | null;
  readonly now: Date;
  readonly mapping: CompiledMapping;
  readonly kind: ProjectedKind;
  /** The vendor's names of the fields that Fairway installs and only Fairway fills. */
  readonly installed: ReadonlySet<string>;
}

/** The vendor's names of the fields of a kind that Fairway installs and only Fairway fills. */
export function installedFields(
  { packs }: Pick<Deps, 'packs'>,
  system: string,
  kind: ProjectedKind,
): ReadonlySet<string> {
  const shipped = packs.find((pack) => pack.system === system && pack.kind === kind);
  const written = (shipped?.fields ?? []).filter(({ direction }) => direction === 'out');
  return new Set(written.map(({ remote }) => remote));
}

export interface DesiredRecord extends Projection {
  /** By the vendor's names: the last synced values of the fields that people edited. */
  readonly base?: RemoteFields;
  /** Read or edited values that outbound-only lines write; null when no such line needs them. */
  readonly known: CanonicalValues | null;
}

/**
 * Fairway's ids of the records that a plan must compare: the records in scope and, in a complete plan, the
 * records that people have edited and those that still show values Fairway no longer decides. When a line
 * writes values that were read, all records of the object.
 */
export async function recordsToPlan(
  db: Db,
  { connectionId, mapping, kind, installed }: Omit<ProjectedObject, 'consoleUrl' | 'now'>,
  scope: Scope,
): Promise<readonly string[]> {
  const ids = new Set(await recordsInScope(db, kind, scope));
  if (!isComplete(scope)) return [...ids];
  if (knownFieldsToWrite(mapping).length > 0)
    for (const id of await writableRecordIds(db, connectionId, mapping.object)) ids.add(id);
  if (isCleared(kind)) {
    const owned = ownedFields({ mapping, installed });
    for (const id of await recordsShowing(db, connectionId, mapping.object, owned)) ids.add(id);
  }
  for (const { recordId } of await editedRecords(db, connectionId, mapping.object)) ids.add(recordId);
  return [...ids];
}

/** The values these records should have: decided by Fairway or edited by people in Fairway. */
export async function desiredValues(
  tx: Db,
  object: ProjectedObject,
  recordIds: readonly string[],
): Promise<readonly DesiredRecord[]> {
  const current = await decidedValues(tx, object.kind, recordIds, object);
  const projections = [...current, ...(await outdated(tx, object, recordIds, current))];
  const edits = await pendingEdits(tx, object, recordIds);
  const known = await knownValues(tx, object, recordIds);
  const decided = new Set(projections.map((one) => one.recordId));
  const undecided = [...new Set([...edits.keys(), ...known.keys()])]
    .filter((recordId) => !decided.has(recordId))
    .map((recordId): Projection => ({ recordId, values: {} }));
  return [...projections, ...undecided].map((one): DesiredRecord => {
    const edited = edits.get(one.recordId);
    const withEdits = edited
      ? { ...one, values: { ...one.values, ...edited.values }, base: edited.base }
      : one;
    return { ...withEdits, known: known.get(one.recordId) ?? null };
  });
}

/**
 * The mapping lines by which one record is written, and their values. A known value does not cause a write of
 * a two-way field: such a field is written only while it has an edit that is not in the CRM yet.
 */
export function linesToWrite(
  mapping: CompiledMapping,
  { values, known }: Pick<DesiredRecord, 'values' | 'known'>,
): { readonly mapping: CompiledMapping; readonly values: CanonicalValues } {
  if (known === null) return { mapping, values };
  const shared = new Set(mapping.twoWay);
  const outbound = mapping.outbound.filter(
    (field) => !shared.has(field) || values[field.local] !== undefined,
  );
  return { mapping: { ...mapping, outbound }, values: { ...known, ...values } };
}

/** The mapping without its two-way lines on the outbound side. */
export function onlyOut(mapping: CompiledMapping): CompiledMapping {
  const shared = new Set(mapping.twoWay);
  return { ...mapping, outbound: mapping.outbound.filter((field) => !shared.has(field)) };
}

function isDecided({ kind }: CompiledMapping, field: string): boolean {
  const declared: Readonly<Record<string, CanonicalField>> = canonicalFields[kind];
  return declared[field]?.owner === 'fairway';
}

/** Fairway's fields that outbound-only lines write and Fairway does not decide: they were read or edited. */
function knownFieldsToWrite(mapping: CompiledMapping): readonly string[] {
  return localFields(onlyOut(mapping)).filter((field) => !isDecided(mapping, field));
}

/** The values of these fields by Fairway's ids; empty when no line needs them. Unset custom fields are null. */
async function knownValues(
  db: Db,
  { mapping, kind }: ProjectedObject,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, CanonicalValues>> {
  const fields = knownFieldsToWrite(mapping);
  if (fields.length === 0 || !isEditable(kind)) return new Map();
  const known = new Map<string, CanonicalValues>();
  for (const [id, { values }] of await canonicalRecords(db, kind, recordIds)) {
    const given = fields.flatMap((field) => {
      const value = field.startsWith(extraPrefix) ? (values[field] ?? null) : values[field];
      return value === undefined ? [] : [[field, value] as const];
    });
    known.set(id, Object.fromEntries(given));
  }
  return known;
}

/**
 * The fields that only Fairway fills. A value that people type into such a field of a record that Fairway decides
 * nothing about is removed; in a field of the customer only while Fairway has written there before.
 */
function ownedFields({ mapping, installed }: Pick<ProjectedObject, 'mapping' | 'installed'>): OwnedFields {
  const fields = onlyOut(mapping).outbound.filter(({ local }) => isDecided(mapping, local));
  const names = fields.map(({ remote }) => remote);
  return {
    installed: names.filter((name) => installed.has(name)),
    others: names.filter((name) => !installed.has(name)),
  };
}

/**
 * Records that show values Fairway does not decide, for example because a registration was moved or deleted, an
 * account is no longer a partner, or somebody typed them. Their decided fields are cleared.
 */
async function outdated(
  tx: Db,
  object: ProjectedObject,
  recordIds: readonly string[],
  current: readonly Projection[],
): Promise<Projection[]> {
  const { connectionId, mapping, kind } = object;
  if (!isCleared(kind)) return [];
  const decided = new Set(current.map((one) => one.recordId));
  const undecided = recordIds.filter((recordId) => !decided.has(recordId));
  const fields = localFields(onlyOut(mapping)).filter((field) => isDecided(mapping, field));
  const cleared = Object.fromEntries(fields.map((field) => [field, null]));
  const showing = await recordsShowing(tx, connectionId, mapping.object, ownedFields(object), undecided);
  return showing.map((recordId) => ({ recordId, values: cleared }));
}

/** A registration or a payout always has decided values, so none of its fields has to be cleared. */
const isCleared = (kind: ProjectedKind): boolean => kind === 'account' || kind === 'opportunity';
