import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { lifecyclePerson } from '#src/db/schema/lifecycle.ts';
import {
  registrationSource,
  registrationSourceMove,
  registrationSourceRefusal,
} from '#src/db/schema/submissions.ts';

export type RegistrationSource = typeof registrationSource.$inferSelect;

/** More refusals of a source are deleted, the oldest first. */
const refusalsStored = 500;

/** False when the name is used. The sender of the source is a service of the channel. */
export async function insertSource(
  tx: Db,
  row: typeof registrationSource.$inferInsert,
  partnerId: string | null,
): Promise<boolean> {
  const added = await tx
    .insert(registrationSource)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: registrationSource.id });
  if (added.length === 0) return false;
  await tx.insert(lifecyclePerson).values({ name: row.sender, role: 'service', partnerId });
  return true;
}

/** With the partner that each one submits for; null for every partner. */
export async function listSources(
  db: Db,
): Promise<readonly (RegistrationSource & { readonly partnerId: string | null })[]> {
  const rows = await db
    .select({ source: registrationSource, partnerId: lifecyclePerson.partnerId })
    .from(registrationSource)
    .innerJoin(lifecyclePerson, eq(lifecyclePerson.name, registrationSource.sender))
    .orderBy(asc(registrationSource.name));
  return rows.map(({ source, partnerId }) => ({ ...source, partnerId }));
}

export async function findSource(db: Db, name: string): Promise<RegistrationSource | null> {
  const [found] = await db.select().from(registrationSource).where(eq(registrationSource.name, name));
  return found ?? null;
}

/** Locks it to the end of the transaction. */
export async function lockSource(tx: Db, name: string): Promise<RegistrationSource | null> {
  const [found] = await tx
    .select()
    .from(registrationSource)
    .where(eq(registrationSource.name, name))
    .for('update');
  return found ?? null;
}

export async function updateSource(
  tx: Db,
  id: string,
  changes: Partial<Pick<RegistrationSource, 'secrets' | 'previousUntil' | 'isActive'>>,
): Promise<void> {
  await tx.update(registrationSource).set(changes).where(eq(registrationSource.id, id));
}

export async function addSourceRefusal(
  db: Db,
  row: typeof registrationSourceRefusal.$inferInsert,
): Promise<void> {
  await db.insert(registrationSourceRefusal).values(row);
  await db.execute(sql`
    delete from registration_source_refusal where source_id = ${row.sourceId} and id <= (
      select id from registration_source_refusal where source_id = ${row.sourceId}
      order by id desc offset ${refusalsStored} limit 1)`);
}

/** Newest first. */
export async function sourceRefusals(db: Db, sourceId: string, limit: number) {
  return db
    .select({
      at: registrationSourceRefusal.at,
      messageId: registrationSourceRefusal.messageId,
      reason: registrationSourceRefusal.reason,
    })
    .from(registrationSourceRefusal)
    .where(eq(registrationSourceRefusal.sourceId, sourceId))
    .orderBy(desc(registrationSourceRefusal.id))
    .limit(limit);
}

/** The registration that a webhook has moved; null for a new one. One that is being handled is waited for. */
export async function sourceMove(tx: Db, sourceId: string, messageId: string): Promise<string | null> {
  await tx.execute(sql`select 1 from registration_source where id = ${sourceId} for update`);
  const [found] = await tx
    .select({ registrationId: registrationSourceMove.registrationId })
    .from(registrationSourceMove)
    .where(
      and(eq(registrationSourceMove.sourceId, sourceId), eq(registrationSourceMove.messageId, messageId)),
    );
  return found?.registrationId ?? null;
}

export async function saveSourceMove(tx: Db, row: typeof registrationSourceMove.$inferInsert): Promise<void> {
  await tx.insert(registrationSourceMove).values(row);
}
