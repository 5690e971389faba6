import type { RemoteFields } from '#connectors/contract/records.ts';
import { localFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { writableRecordIds } from '#src/db/records/link-store.ts';
import { recordsShowing } from '#src/db/sync/remote-store.ts';
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
} from './decided-values.ts';
import type { Projection } from './projection.ts';

/** One object of one CRM. */
export interface ProjectedObject {
  readonly connectionId: string;
  /** The address of the console, for links. Null if it is not known. */
  readonly consoleUrl: string | null;
  readonly mapping: CompiledMapping;
  readonly kind: ProjectedKind;
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
  { connectionId, mapping, kind }: Omit<ProjectedObject, 'consoleUrl'>,
  scope: Scope,
): Promise<readonly string[]> {
  const ids = new Set(await recordsInScope(db, kind, scope));
  if (!isComplete(scope)) return [...ids];
  if (knownFieldsToWrite(mapping).length > 0)
    for (const id of await writableRecordIds(db, connectionId, mapping.object)) ids.add(id);
  const mark = markOf(mapping, kind);
  if (mark !== undefined)
    for (const id of await recordsShowing(db, connectionId, mapping.object, mark)) ids.add(id);
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
function onlyOut(mapping: CompiledMapping): CompiledMapping {
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

/** The field whose value shows that Fairway has written decided values to a record. */
const marks: Partial<Readonly<Record<ProjectedKind, string>>> = {
  account: 'tier',
  opportunity: 'registrationStatus',
};

function markOf(mapping: CompiledMapping, kind: ProjectedKind): string | undefined {
  return mapping.outbound.find((field) => field.local === marks[kind])?.remote;
}

/**
 * Records that still show values Fairway no longer decides, for example because a registration was moved or
 * deleted, or an account is no longer a partner. Their decided fields are cleared.
 */
async function outdated(
  tx: Db,
  { connectionId, mapping, kind }: ProjectedObject,
  recordIds: readonly string[],
  current: readonly Projection[],
): Promise<Projection[]> {
  const mark = markOf(mapping, kind);
  if (mark === undefined) return [];
  const decided = new Set(current.map((one) => one.recordId));
  const undecided = recordIds.filter((recordId) => !decided.has(recordId));
  const fields = localFields(onlyOut(mapping)).filter((field) => isDecided(mapping, field));
  const cleared = Object.fromEntries(fields.map((field) => [field, null]));
  const showing = await recordsShowing(tx, connectionId, mapping.object, mark, undecided);
  return showing.map((recordId) => ({ recordId, values: cleared }));
}
