import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { remoteRecord } from '#src/db/schema/connection.ts';
import { documentAnswer } from '#src/db/schema/money.ts';

export type DocumentAnswer = (typeof documentAnswer.$inferSelect)['answer'];

/** The answers about these rows of the ERP, by the vendor's id. An answer about other content does not count. */
export async function documentAnswers(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<ReadonlyMap<string, DocumentAnswer>> {
  const rows = await db
    .select({ extId: documentAnswer.extId, answer: documentAnswer.answer })
    .from(documentAnswer)
    .innerJoin(
      remoteRecord,
      and(
        eq(remoteRecord.connectionId, documentAnswer.connectionId),
        eq(remoteRecord.object, object),
        eq(remoteRecord.extId, documentAnswer.extId),
        eq(remoteRecord.hash, documentAnswer.hash),
      ),
    )
    .where(and(eq(documentAnswer.connectionId, connectionId), isKeyIn(documentAnswer.extId, extIds, 'text')));
  return new Map(rows.map(({ extId, answer }) => [extId, answer]));
}

/** Saves an answer about a row as it is stored now. Returns false when there is no such row. */
export async function saveDocumentAnswer(
  db: Db,
  { object, ...row }: Omit<typeof documentAnswer.$inferInsert, 'hash'> & { readonly object: string },
): Promise<boolean> {
  const [record] = await db
    .select({ hash: remoteRecord.hash })
    .from(remoteRecord)
    .where(
      and(
        eq(remoteRecord.connectionId, row.connectionId),
        eq(remoteRecord.object, object),
        eq(remoteRecord.extId, row.extId),
      ),
    );
  if (!record) return false;
  const { answer, answeredBy, answeredAt } = row;
  await db
    .insert(documentAnswer)
    .values({ ...row, hash: record.hash })
    .onConflictDoUpdate({
      target: [documentAnswer.connectionId, documentAnswer.extId],
      set: { hash: sql`excluded.hash`, answer, answeredBy, answeredAt },
    });
  return true;
}
