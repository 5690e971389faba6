import type { RemoteFields } from '#connectors/contract/records.ts';
import { localFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { linkedRecords } from '#src/db/records/link-store.ts';
import { recordsShowing } from '#src/db/sync/remote-store.ts';
import { editedRecords } from '#src/db/sync/shadow-store.ts';
import {
  canonicalFields,
  extraPrefix,
  type CanonicalField,
  type CanonicalValue,
  type CanonicalValues,
} from '#src/domain/record.ts';
import { pendingEdits } from '#src/operations/edits/pending-edits.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';
import {
  isComplete,
  decidedValues,
  recordsInScope,
  type ProjectedKind,
  type Projection,
  type Scope,
} from './decided-values.ts';

/** One object of one CRM. */
export interface ProjectedObject {
  readonly connectionId: string;
  readonly mapping: CompiledMapping;
  readonly kind: ProjectedKind;
}

export interface DesiredRecord extends Projection {
  /** What was agreed of the fields people edited, under the vendor's names. */
  readonly base?: RemoteFields;
  /** What was read or edited of it, for lines that only write; null when none takes any of it. */
  readonly known: CanonicalValues | null;
}

/**
 * Our ids of the records a plan has to look at: those of which something is to be said and, in a plan of
 * everything, those that still show what nobody says any more, or that people have edited. All of them, where
 * a line writes what was read of each.
 */
export async function recordsToPlan(
  db: Db,
  { connectionId, mapping, kind }: ProjectedObject,
  scope: Scope,
): Promise<readonly string[]> {
  const ids = new Set(await recordsInScope(db, kind, scope));
  if (!isComplete(scope)) return [...ids];
  if (takesKnown(mapping).length > 0)
    for (const id of await linkedRecords(db, connectionId, mapping.object)) ids.add(id);
  const mark = markOf(mapping, kind);
  if (mark !== undefined)
    for (const id of await recordsShowing(db, connectionId, mapping.object, mark)) ids.add(id);
  for (const { recordId } of await editedRecords(db, connectionId, mapping.object)) ids.add(recordId);
  return [...ids];
}

/** What these records should say: what Fairway has decided, and what people have edited here. */
export async function desiredValues(
  tx: Db,
  object: ProjectedObject,
  recordIds: readonly string[],
): Promise<readonly DesiredRecord[]> {
  const current = await decidedValues(tx, object.kind, recordIds);
  const projections = [...current, ...(await outdated(tx, object, recordIds, current))];
  const edits = await pendingEdits(tx, object, recordIds);
  const known = await knownValues(tx, object, recordIds);
  const spokenOf = new Set(projections.map((one) => one.recordId));
  const alone = [...new Set([...edits.keys(), ...known.keys()])].filter(
    (recordId) => !spokenOf.has(recordId),
  );
  return [...projections, ...alone.map((recordId): Projection => ({ recordId, values: {} }))].map(
    (one): DesiredRecord => {
      const edited = edits.get(one.recordId);
      const together = edited
        ? { ...one, values: { ...one.values, ...edited.values }, base: edited.base }
        : one;
      return { ...together, known: known.get(one.recordId) ?? null };
    },
  );
}

/**
 * The lines by which one record is written, and the values they take. What is only known of it makes no line
 * write that goes both ways: such a field is written only while somebody has edited it here.
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

/** Lines that only write. */
function onlyOut(mapping: CompiledMapping): CompiledMapping {
  const shared = new Set(mapping.twoWay);
  return { ...mapping, outbound: mapping.outbound.filter((field) => !shared.has(field)) };
}

function isDecided({ kind }: CompiledMapping, field: string): boolean {
  const declared: Readonly<Record<string, CanonicalField>> = canonicalFields[kind];
  return declared[field]?.owner === 'fairway';
}

/**
 * What lines that only write take and Fairway does not decide: it was read, here or from another CRM, or
 * edited.
 */
function takesKnown(mapping: CompiledMapping): readonly string[] {
  return localFields(onlyOut(mapping)).filter((field) => !isDecided(mapping, field));
}

/**
 * By our ids; empty where no line takes any of it, which costs nothing. An own field that nothing has filled
 * yet is blank.
 */
async function knownValues(
  db: Db,
  { mapping, kind }: ProjectedObject,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, CanonicalValues>> {
  const fields = takesKnown(mapping);
  if (fields.length === 0 || !isEditable(kind)) return new Map();
  const own = [...(await canonicalRecords(db, kind, recordIds))].map(([id, { values }]) => {
    const given = fields.map(
      (field) => [field, field.startsWith(extraPrefix) ? (values[field] ?? null) : values[field]] as const,
    );
    return [
      id,
      Object.fromEntries(given.filter((one): one is [string, CanonicalValue] => one[1] !== undefined)),
    ] as const;
  });
  return new Map(own);
}

/** The field by which a record shows that Fairway speaks of it. */
const marks: Partial<Readonly<Record<ProjectedKind, string>>> = {
  account: 'tier',
  opportunity: 'registrationStatus',
};

function markOf(mapping: CompiledMapping, kind: ProjectedKind): string | undefined {
  return mapping.outbound.find((field) => field.local === marks[kind])?.remote;
}

/**
 * Records that show something nobody says any more: a registration was moved or deleted, an account stopped
 * being a partner.
 */
async function outdated(
  tx: Db,
  { connectionId, mapping, kind }: ProjectedObject,
  recordIds: readonly string[],
  current: readonly Projection[],
): Promise<Projection[]> {
  const mark = markOf(mapping, kind);
  if (mark === undefined) return [];
  const spokenOf = new Set(current.map((one) => one.recordId));
  const silent = recordIds.filter((recordId) => !spokenOf.has(recordId));
  const decided = localFields(onlyOut(mapping)).filter((field) => isDecided(mapping, field));
  const nothing = Object.fromEntries(decided.map((field) => [field, null]));
  const showing = await recordsShowing(tx, connectionId, mapping.object, mark, silent);
  return showing.map((recordId) => ({ recordId, values: nothing }));
}
