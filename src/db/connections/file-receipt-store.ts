import type { FileReceipt } from '#connectors/contract/erp.ts';
import type { FileReading } from '#connectors/contract/records.ts';
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { fileReceipt, recordOrigin } from '#src/db/schema/erp-file.ts';
import { problem } from '#src/db/schema/work.ts';

export type StoredReading = typeof fileReceipt.$inferSelect;

/** Saves what was read from files. The time of a file stays while its content is the same. */
export async function saveReadings(
  db: Db,
  connectionId: string,
  object: string,
  readings: readonly FileReading[],
  readAt: Date,
): Promise<void> {
  for (const reading of readings)
    await db
      .insert(fileReceipt)
      .values({ connectionId, object, file: reading.file, reading, readAt })
      .onConflictDoUpdate({
        target: [fileReceipt.connectionId, fileReceipt.object, fileReceipt.file],
        set: { reading, readAt },
        setWhere: sql`${fileReceipt.reading}::text <> excluded.reading::text`,
      });
}

/** The objects of which files were read. */
export async function objectsInFiles(db: Db, connectionId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ object: fileReceipt.object })
    .from(fileReceipt)
    .where(eq(fileReceipt.connectionId, connectionId))
    .orderBy(fileReceipt.object);
  return rows.map(({ object }) => object);
}

export async function readingsOf(db: Db, connectionId: string, object: string): Promise<StoredReading[]> {
  return db
    .select()
    .from(fileReceipt)
    .where(and(eq(fileReceipt.connectionId, connectionId), eq(fileReceipt.object, object)));
}

export async function saveReceipt(
  db: Db,
  connectionId: string,
  object: string,
  { receipt, delivered }: { readonly receipt: FileReceipt; readonly delivered: boolean },
): Promise<void> {
  await db
    .update(fileReceipt)
    .set({ receipt, delivered })
    .where(
      and(
        eq(fileReceipt.connectionId, connectionId),
        eq(fileReceipt.object, object),
        eq(fileReceipt.file, receipt.file),
      ),
    );
}

/** The receipts of a connection, the latest first. */
export async function latestReceipts(db: Db, connectionId: string, limit: number): Promise<FileReceipt[]> {
  const rows = await db
    .select({ receipt: fileReceipt.receipt })
    .from(fileReceipt)
    .where(and(eq(fileReceipt.connectionId, connectionId), isNotNull(fileReceipt.receipt)))
    .orderBy(desc(fileReceipt.readAt), desc(fileReceipt.file))
    .limit(limit);
  return rows.flatMap(({ receipt }) => receipt ?? []);
}

/** A row that was read and could not be booked. */
export type WaitingRow = Awaited<ReturnType<typeof waitingRows>>[number];

/** The rows of files that wait for something, with the reason. */
export async function waitingRows(db: Db, connectionId: string, object: string) {
  return db
    .select({
      file: recordOrigin.file,
      line: recordOrigin.line,
      document: recordOrigin.extId,
      amount: recordOrigin.amount,
      currency: recordOrigin.currency,
      code: problem.code,
      reason: problem.message,
      fix: problem.fix,
    })
    .from(problem)
    .innerJoin(
      recordOrigin,
      and(
        eq(recordOrigin.connectionId, problem.connectionId),
        eq(recordOrigin.object, problem.object),
        eq(recordOrigin.extId, problem.ref),
      ),
    )
    .where(
      and(
        eq(problem.connectionId, connectionId),
        eq(problem.object, object),
        eq(problem.source, 'map'),
        eq(problem.status, 'open'),
      ),
    )
    .orderBy(recordOrigin.file, recordOrigin.line);
}

/** The rows of files that replaced an earlier row with other values. */
export async function correctionsOf(db: Db, connectionId: string, object: string) {
  return db
    .select({
      file: recordOrigin.file,
      line: recordOrigin.line,
      document: recordOrigin.extId,
      replaced: recordOrigin.replaced,
    })
    .from(recordOrigin)
    .where(
      and(
        eq(recordOrigin.connectionId, connectionId),
        eq(recordOrigin.object, object),
        isNotNull(recordOrigin.replaced),
      ),
    )
    .orderBy(recordOrigin.file, recordOrigin.line);
}
