import { sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';

export interface RecentLink {
  readonly at: Date;
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  /** The admin who let the person in; null for the command line. */
  readonly by: string | null;
}

/** The latest links that the command line made and people who were let in again, newest first. */
export async function recentLinks(db: Db, since: Date): Promise<readonly RecentLink[]> {
  const rows = await db.execute<Omit<RecentLink, 'at'> & { at: string } & Record<string, unknown>>(sql`
    select a.at, p.id as "personId", p.name, p.email, b.name as by
      from audit_event a join person p on p.id = a.subject_id left join person b on b.id = a.actor_id
     where a.at >= ${since.toISOString()}::timestamptz and a.subject_kind = 'person' and not p.is_demo
       and (a.action = 'person.let_in_again' or (a.action in ('person.invited', 'person.link_made') and a.actor_id is null))
     order by a.id desc limit 5`);
  return rows.map((row) => ({ ...row, at: new Date(row.at) }));
}
