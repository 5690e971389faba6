/** The people who created the records of registrations in a CRM. */
import { sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { registrationCreator } from '#src/db/schema/lifecycle.ts';

/** True for a registration that was submitted over HTTP and not in a CRM, although it may have a record there. */
export const isSubmittedOutside = sql`exists (
  select from registration_event e where e.registration_id = registration.id and e.move = 'submit' and e.refusal is null and e.via <> 'crm')`;

/**
 * `LifecycleRegistration.createdBy` of a row of `registration`. A record that Fairway wrote for a submission over HTTP has
 * no creator: its submitter is known.
 */
export const createdBy = sql<readonly string[] | null>`case when ${isSubmittedOutside} then '[]'::jsonb else (
  select case when bool_or(c.ext_id is null) then null else coalesce(jsonb_agg(distinct c.email) filter (where c.email is not null), '[]') end
  from link k left join registration_creator c on c.connection_id = k.connection_id and c.ext_id = k.ext_id
  where k.kind = 'registration' and k.record_id = registration.id and k.merged_into is null) end`;

export interface WantedCreators {
  readonly connectionId: string;
  /** The vendor's object of registrations. */
  readonly object: string;
  /** The records to look at; all when it is left out. */
  readonly extIds?: readonly string[];
}

/**
 * The vendor's ids of the records whose creator is not known, and who may have to be known: those with a lifecycle, and
 * those that may get one.
 */
export async function creatorsToRead(
  db: Db,
  { connectionId, object, extIds }: WantedCreators,
): Promise<readonly string[]> {
  const named = extIds === undefined ? sql`true` : isKeyIn(sql`r.ext_id`, extIds, 'text');
  const rows = await db.execute<{ extId: string }>(sql`
    select r.ext_id as "extId" from remote_record r
    left join link k on k.connection_id = r.connection_id and k.object = r.object and k.ext_id = r.ext_id
    left join registration on registration.id = k.record_id
    left join registration_lifecycle l on l.registration_id = registration.id
    where r.connection_id = ${connectionId} and r.object = ${object} and not r.deleted and ${named}
      and not exists (select from registration_creator c where c.connection_id = r.connection_id and c.ext_id = r.ext_id)
      and (registration.id is null or l.registration_id is not null or registration.status in ('submitted', 'information_needed'))
      and (registration.id is null or not ${isSubmittedOutside})
    order by r.ext_id`);
  return rows.map(({ extId }) => extId);
}

/** @param creators by the vendor's id; null for a record that a program created */
export async function saveCreators(
  db: Db,
  connectionId: string,
  creators: ReadonlyMap<string, string | null>,
  readAt: Date,
): Promise<void> {
  await bulkInsert(
    db,
    registrationCreator,
    [...creators].map(([extId, email]) => ({
      connectionId,
      extId,
      email: email?.toLowerCase() ?? null,
      readAt,
    })),
    sql`on conflict (connection_id, ext_id) do update set ${setExcluded('email', 'read_at')}`,
  );
}

/** Registrations that wait for a decision while their records in the CRM still ask a person who created them. */
export async function registrationsThatAskCreators(tx: Db): Promise<readonly string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct l.registration_id as id from registration_lifecycle l
    join link k on k.kind = 'registration' and k.record_id = l.registration_id and k.merged_into is null
    join registration_creator c on c.connection_id = k.connection_id and c.ext_id = k.ext_id
    where l.state in ('in_review', 'appealed') and strpos(lower(l.crm_fields ->> 'nextDecider'), c.email) > 0
    order by id`);
  return rows.map(({ id }) => id);
}
