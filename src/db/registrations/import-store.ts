import { and, asc, count, eq, gt, lt } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { registrationImport, registrationImportRow } from '#src/db/schema/submissions.ts';

export type RegistrationImport = Omit<typeof registrationImport.$inferSelect, 'content'>;
export type ImportRowOutcome = typeof registrationImportRow.$inferSelect;

const { id, fileName, sha256, personId, isPreview, encoding, rows, createdAt, finishedAt } =
  registrationImport;
const columns = { id, fileName, sha256, personId, isPreview, encoding, rows, createdAt, finishedAt };

export async function insertImport(tx: Db, row: typeof registrationImport.$inferInsert): Promise<void> {
  await tx.insert(registrationImport).values(row);
}

export async function findImport(db: Db, importId: string): Promise<RegistrationImport | null> {
  const [found] = await db.select(columns).from(registrationImport).where(eq(id, importId));
  return found ?? null;
}

/** The file of an import; null when all its rows have an outcome. */
export async function importContent(db: Db, importId: string): Promise<Buffer | null> {
  const [found] = await db
    .select({ content: registrationImport.content })
    .from(registrationImport)
    .where(eq(id, importId));
  return found?.content ?? null;
}

/** The outcome of a row is stored once. */
export async function saveRowOutcome(tx: Db, outcome: ImportRowOutcome): Promise<void> {
  await tx.insert(registrationImportRow).values(outcome).onConflictDoNothing();
}

/** The lines that have an outcome. */
export async function linesWithOutcome(db: Db, importId: string): Promise<ReadonlySet<number>> {
  const found = await db
    .select({ line: registrationImportRow.line })
    .from(registrationImportRow)
    .where(eq(registrationImportRow.importId, importId));
  return new Set(found.map(({ line }) => line));
}

/** Ends an import. Its file is not needed any more. */
export async function finishImport(db: Db, importId: string, at: Date): Promise<void> {
  await db.update(registrationImport).set({ finishedAt: at, content: null }).where(eq(id, importId));
}

/** In the order of the file, after a line. */
export async function rowOutcomes(
  db: Db,
  importId: string,
  {
    after,
    limit,
    result,
  }: {
    readonly after: number;
    readonly limit: number;
    readonly result?: ImportRowOutcome['result'] | undefined;
  },
): Promise<readonly ImportRowOutcome[]> {
  return db
    .select()
    .from(registrationImportRow)
    .where(
      and(
        eq(registrationImportRow.importId, importId),
        gt(registrationImportRow.line, after),
        result === undefined ? undefined : eq(registrationImportRow.result, result),
      ),
    )
    .orderBy(asc(registrationImportRow.line))
    .limit(limit);
}

export async function countOutcomes(db: Db, importId: string): Promise<ReadonlyMap<string, number>> {
  const found = await db
    .select({ result: registrationImportRow.result, count: count() })
    .from(registrationImportRow)
    .where(eq(registrationImportRow.importId, importId))
    .groupBy(registrationImportRow.result);
  return new Map(found.map((row) => [row.result, row.count]));
}

/** Deletes imports that began before `before`, with their files and rows. Returns their number. */
export async function deleteOldImports(db: Db, before: Date): Promise<number> {
  const deleted = await db.delete(registrationImport).where(lt(createdAt, before)).returning({ id });
  return deleted.length;
}
