import { and, desc, eq, lt, ne, notInArray, or, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { bulkInsert } from '#src/db/bulk.ts';
import { duplicateGroup, duplicatePair, duplicateReport } from '#src/db/schema/duplicates.ts';

export type DuplicateReport = typeof duplicateReport.$inferSelect;
export type DuplicatePair = Omit<typeof duplicatePair.$inferSelect, 'reportId'>;
export type DuplicateGroup = Omit<typeof duplicateGroup.$inferSelect, 'reportId'>;

const running = notInArray(duplicateReport.phase, ['done', 'failed']);

/** Inserts a report. False when a report of the same connection is running. */
export async function addReport(tx: Db, row: typeof duplicateReport.$inferInsert): Promise<boolean> {
  const added = await tx
    .insert(duplicateReport)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: duplicateReport.id });
  return added.length > 0;
}

/** @param lock true to lock the report to the end of the transaction */
export async function findReport(db: Db, id: string, lock = false): Promise<DuplicateReport | null> {
  const query = db.select().from(duplicateReport).where(eq(duplicateReport.id, id));
  const [found] = await (lock ? query.for('no key update') : query);
  return found ?? null;
}

export async function runningReport(db: Db, connectionId: string): Promise<DuplicateReport | null> {
  const [found] = await db
    .select()
    .from(duplicateReport)
    .where(and(eq(duplicateReport.connectionId, connectionId), running));
  return found ?? null;
}

/** The last report that was completed. */
export async function latestReport(db: Db, connectionId: string): Promise<DuplicateReport | null> {
  const [found] = await db
    .select()
    .from(duplicateReport)
    .where(and(eq(duplicateReport.connectionId, connectionId), eq(duplicateReport.phase, 'done')))
    .orderBy(desc(duplicateReport.startedAt))
    .limit(1);
  return found ?? null;
}

export type DuplicateReportProgress = Partial<
  Pick<
    DuplicateReport,
    'phase' | 'afterProfile' | 'accounts' | 'compared' | 'groups' | 'surplus' | 'finishedAt'
  >
>;

/** Saves the progress of a report, in the transaction of the work. */
export async function saveReport(tx: Db, id: string, reached: DuplicateReportProgress): Promise<void> {
  await tx.update(duplicateReport).set(reached).where(eq(duplicateReport.id, id));
}

/** Deletes the ended reports of the connection, except this one, which replaces them. */
export async function deleteEarlierReports(tx: Db, { id, connectionId }: DuplicateReport): Promise<void> {
  const { id: other, phase } = duplicateReport;
  await tx
    .delete(duplicateReport)
    .where(
      and(
        eq(duplicateReport.connectionId, connectionId),
        ne(other, id),
        or(eq(phase, 'done'), eq(phase, 'failed')),
      ),
    );
}

/** Inserts pairs. A known pair was found from its other side and is not changed. */
export async function savePairs(tx: Db, reportId: string, pairs: readonly DuplicatePair[]): Promise<void> {
  const rows = pairs.map((pair) => ({ reportId, ...pair }));
  await bulkInsert(tx, duplicatePair, rows, sql`on conflict do nothing`);
}

/** Pages of a report's pairs with one verdict, the most certain first. */
export async function* pairsOf(
  db: Db,
  reportId: string,
  verdict: DuplicatePair['verdict'],
  pageSize: number,
) {
  const { leftId, rightId, bits } = duplicatePair;
  const place = sql`(-${bits}, ${leftId}, ${rightId})`;
  for (let last: DuplicatePair | undefined; ;) {
    const after =
      last && sql`${place} > (${-last.bits}::float8, ${last.leftId}::uuid, ${last.rightId}::uuid)`;
    const page: DuplicatePair[] = await db
      .select({ leftId, rightId, verdict: duplicatePair.verdict, bits })
      .from(duplicatePair)
      .where(
        and(
          eq(duplicatePair.reportId, reportId),
          eq(duplicatePair.verdict, verdict),
          last && sql`${bits} <= ${last.bits}`,
          after,
        ),
      )
      .orderBy(sql`${bits} desc, ${leftId}, ${rightId}`)
      .limit(pageSize);
    if (page.length > 0) yield page;
    last = page.at(-1);
    if (page.length < pageSize) return;
  }
}

export async function saveGroups(tx: Db, reportId: string, groups: readonly DuplicateGroup[]): Promise<void> {
  for (const rows of chunks(groups, 1_000))
    await tx.insert(duplicateGroup).values(rows.map((group) => ({ reportId, ...toArrays(group) })));
}

/** The next groups of a report after this number. */
export async function groupsAfter(
  db: Db,
  reportId: string,
  after: number,
  limit: number,
): Promise<DuplicateGroup[]> {
  const { number, accountIds, nearIds } = duplicateGroup;
  return db
    .select({ number, accountIds, nearIds })
    .from(duplicateGroup)
    .where(and(eq(duplicateGroup.reportId, reportId), lt(sql`${after}::int`, number)))
    .orderBy(number)
    .limit(limit);
}

function* chunks<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

function toArrays({ number, accountIds, nearIds }: DuplicateGroup) {
  return { number, accountIds: [...accountIds], nearIds: [...nearIds] };
}
