import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { noticePreference } from '#src/db/schema/notices.ts';

export type NoticePreference = typeof noticePreference.$inferSelect;

/** How a person gets notices. Makes the row, with a new token, where there is none. */
export async function noticePreferenceOf(db: Db, person: string): Promise<NoticePreference> {
  const token = randomBytes(24).toString('base64url');
  const [row] = await db
    .insert(noticePreference)
    .values({ person, token })
    .onConflictDoUpdate({ target: noticePreference.person, set: { person: sql`excluded.person` } })
    .returning();
  if (row === undefined) throw new Error('the preference was not stored');
  return row;
}

export async function saveNoticePreference(
  db: Db,
  person: string,
  changes: Partial<Pick<NoticePreference, 'language' | 'unsubscribedAt'>>,
): Promise<void> {
  await db.update(noticePreference).set(changes).where(eq(noticePreference.person, person));
}

/** False when no person has the token. */
export async function unsubscribeByToken(db: Db, token: string, at: Date): Promise<boolean> {
  const changed = await db
    .update(noticePreference)
    .set({ unsubscribedAt: at })
    .where(eq(noticePreference.token, token))
    .returning({ person: noticePreference.person });
  return changed.length > 0;
}

export async function isChannelPerson(db: Db, name: string): Promise<boolean> {
  const [row] = await db.execute<{ found: boolean }>(
    sql`select exists (select from lifecycle_person where name = ${name}) or exists (select from person where email = ${name}) as found`,
  );
  return row?.found === true;
}
