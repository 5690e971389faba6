import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { programDraft } from '#src/db/schema/program.ts';

export type ProgramDraft = typeof programDraft.$inferSelect;

const isOpen = inArray(programDraft.status, ['draft', 'submitted']);

/** The draft, or the programme that waits for approval. There is at most one of both. */
export async function openProgramDraft(db: Db): Promise<ProgramDraft | null> {
  const [found] = await db.select().from(programDraft).where(isOpen);
  return found ?? null;
}

/** The same, locked to the end of the transaction, so that two people do not decide at once. */
export async function lockProgramDraft(tx: Db): Promise<ProgramDraft | null> {
  const [found] = await tx.select().from(programDraft).where(isOpen).for('update');
  return found ?? null;
}

export async function programDraftsById(db: Db, ids: readonly string[]): Promise<ProgramDraft[]> {
  return db.select().from(programDraft).where(isIn(programDraft.id, ids));
}

/** Null when another draft is open. */
export async function addProgramDraft(
  tx: Db,
  row: typeof programDraft.$inferInsert,
): Promise<ProgramDraft | null> {
  const [added] = await tx.insert(programDraft).values(row).onConflictDoNothing().returning();
  return added ?? null;
}

export type ProgramText = Pick<ProgramDraft, 'text' | 'document' | 'hash' | 'updatedBy' | 'updatedAt'>;

/** Saves the text of a draft that has this revision. Null if it was saved or submitted meanwhile. */
export async function saveProgramText(
  tx: Db,
  { id, revision }: Pick<ProgramDraft, 'id' | 'revision'>,
  change: ProgramText,
): Promise<ProgramDraft | null> {
  const { updatedBy } = change;
  const [saved] = await tx
    .update(programDraft)
    .set({
      ...change,
      revision: revision + 1,
      editors: sql`case when ${updatedBy}::uuid = any(editors) then editors else editors || ${updatedBy}::uuid end`,
    })
    .where(
      and(eq(programDraft.id, id), eq(programDraft.revision, revision), eq(programDraft.status, 'draft')),
    )
    .returning();
  return saved ?? null;
}

/** The values that change after a programme was drafted: it is submitted and decided. */
type Outcome = Partial<
  Pick<
    ProgramDraft,
    | 'status'
    | 'editors'
    | 'basedOn'
    | 'note'
    | 'effectiveOn'
    | 'submittedBy'
    | 'submittedAt'
    | 'decidedBy'
    | 'decidedAt'
    | 'decisionReason'
  >
>;

export async function moveDraft(tx: Db, id: string, outcome: Outcome): Promise<ProgramDraft> {
  const [moved] = await tx.update(programDraft).set(outcome).where(eq(programDraft.id, id)).returning();
  if (!moved) throw new TypeError('an update gave no row');
  return moved;
}

/** Deletes a draft. The database refuses to delete a submitted one. */
export async function deleteProgramDraft(tx: Db, id: string): Promise<void> {
  await tx.delete(programDraft).where(eq(programDraft.id, id));
}
