import type { RemoteFields } from '#connectors/connector.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { recordsShowing } from '#src/db/remote-store.ts';
import { editedRecords } from '#src/db/shadow-store.ts';
import { editsToWrite } from './edits-to-write.ts';
import { isComplete, project, recordsInScope, type ProjectedKind, type Projection, type Scope } from './projections.ts';

/** One object of one CRM. */
export interface WantedObject {
  readonly connectionId: string;
  readonly mapping: CompiledMapping;
  readonly kind: ProjectedKind;
}

export interface Wanted extends Projection {
  /** What was agreed of the fields people edited, under the vendor's names. */
  readonly base?: RemoteFields;
}

/**
 * Our ids of the records a plan has to look at: those of which something is to be said and, in a plan of everything, those that still show
 * what nobody says any more, or that people have edited.
 */
export async function recordsToPlan(db: Db, { connectionId, mapping, kind }: WantedObject, scope: Scope): Promise<readonly string[]> {
  const ids = new Set(await recordsInScope(db, kind, scope));
  if (!isComplete(scope)) return [...ids];
  const mark = markOf(mapping, kind);
  if (mark !== undefined) for (const id of await recordsShowing(db, connectionId, mapping.object, mark)) ids.add(id);
  for (const { recordId } of await editedRecords(db, connectionId, mapping.object)) ids.add(recordId);
  return [...ids];
}

/** What these records should say: what Fairway has decided, and what people have edited here. */
export async function wantedValues(tx: Db, object: WantedObject, recordIds: readonly string[]): Promise<readonly Wanted[]> {
  const current = await project(tx, object.kind, recordIds);
  const projections = [...current, ...(await outdated(tx, object, recordIds, current))];
  const edits = await editsToWrite(tx, object, recordIds);
  if (edits.size === 0) return projections;
  const spokenOf = new Set(projections.map((one) => one.recordId));
  const alone = [...edits].filter(([recordId]) => !spokenOf.has(recordId)).map(([recordId, edited]) => ({ recordId, ...edited }));
  const together = projections.map((one): Wanted => {
    const edited = edits.get(one.recordId);
    return edited ? { ...one, values: { ...one.values, ...edited.values }, base: edited.base } : one;
  });
  return [...together, ...alone];
}

/** The field by which a record shows that Fairway speaks of it. */
const marks: Partial<Readonly<Record<ProjectedKind, string>>> = { account: 'tier', opportunity: 'registrationStatus' };

function markOf(mapping: CompiledMapping, kind: ProjectedKind): string | undefined {
  return mapping.outbound.find((field) => field.local === marks[kind])?.remote;
}

/** Records that show something nobody says any more: a registration was moved or deleted, an account stopped being a partner. */
async function outdated(
  tx: Db,
  { connectionId, mapping, kind }: WantedObject,
  recordIds: readonly string[],
  current: readonly Projection[],
): Promise<Projection[]> {
  const mark = markOf(mapping, kind);
  if (mark === undefined) return [];
  const spokenOf = new Set(current.map((one) => one.recordId));
  const silent = recordIds.filter((recordId) => !spokenOf.has(recordId));
  const shared = new Set(mapping.twoWay);
  const nothing = Object.fromEntries(mapping.outbound.filter((field) => !shared.has(field)).map((field) => [field.local, null]));
  const showing = await recordsShowing(tx, connectionId, mapping.object, mark, silent);
  return showing.map((recordId) => ({ recordId, values: nothing }));
}
