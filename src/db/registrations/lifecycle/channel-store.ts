/** The people, partners, programme and owners that a step of the lifecycle reads. */
import { eq, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { ownerPerson } from '#src/db/registrations/channel/owner-person.ts';
import { peopleWithRoles } from '#src/db/registrations/channel/people-with-roles.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import {
  lifecycleAbsence,
  lifecyclePartner,
  lifecyclePerson,
  lifecycleProgramme,
} from '#src/db/schema/lifecycle.ts';
import { contentHash } from '#src/domain/content-hash.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type {
  Absence,
  LifecyclePartner,
  LifecyclePerson,
} from '#src/domain/registrations/lifecycle/registration.ts';

/** The settings under which registrations were submitted, by their ids. */
export async function programmesByIds(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, LifecycleProgramme>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: lifecycleProgramme.id, body: lifecycleProgramme.body })
    .from(lifecycleProgramme)
    .where(sql`${lifecycleProgramme.id} = any(${`{${[...new Set(ids)].join(',')}}`}::bigint[])`);
  return new Map(rows.map(({ id, body }) => [id, body]));
}

/** Stores the settings of submissions and returns their ids. Equal settings have one row. */
export async function saveProgrammes(
  tx: Db,
  programmes: readonly LifecycleProgramme[],
  at: Date,
): Promise<ReadonlyMap<LifecycleProgramme, number>> {
  if (programmes.length === 0) return new Map();
  const hashOf = new Map(programmes.map((programme) => [programme, contentHash(programme)]));
  const byHash = new Map(programmes.map((programme) => [hashOf.get(programme) ?? '', programme]));
  // In one order, so that two transactions do not wait for each other.
  const hashes = [...byHash.keys()].toSorted();
  await bulkInsert(
    tx,
    lifecycleProgramme,
    hashes.flatMap((hash) => {
      const body = byHash.get(hash);
      return body === undefined ? [] : [{ version: body.version, hash, body, publishedAt: at }];
    }),
    sql`on conflict (hash) do nothing`,
  );
  const rows = await tx
    .select({ id: lifecycleProgramme.id, hash: lifecycleProgramme.hash })
    .from(lifecycleProgramme)
    .where(isIn(lifecycleProgramme.hash, hashes));
  const idOf = new Map(rows.map(({ id, hash }) => [hash, id]));
  return new Map(
    [...hashOf].map(([programme, hash]) => {
      const id = idOf.get(hash);
      if (id === undefined) throw new Error('the settings of the programme were not stored');
      return [programme, id];
    }),
  );
}

/**
 * Staff, services of every partner, and the people of these partners and of the partners of `by`, by name. Absences
 * are left out that ended before `since` and before the oldest timer that waits.
 */
export async function channelPeople(
  tx: Db,
  {
    partners,
    by,
    since,
  }: { readonly partners: readonly string[]; readonly by: readonly string[]; readonly since: Date },
): Promise<Readonly<Record<string, LifecyclePerson>>> {
  const rows = await tx.execute<{
    name: string;
    role: LifecyclePerson['role'];
    partner: string | null;
    left: boolean;
    absences: readonly Absence[];
  }>(sql`
    with people as (
      select w.name, w.role, w.partner_id as partner, w.left_at is not null or w.disabled_at is not null as "left"
      from ${peopleWithRoles} w
      where w.role not in ('partner', 'service') or w.partner_id is null or ${isKeyIn(sql`w.name`, by, 'text')}
        or w.partner_id in ${partnersOf(by)}
        or ${isKeyIn(sql`w.partner_id`, partners, 'uuid')}
    )
    select people.*, coalesce(
      (select jsonb_agg(jsonb_build_object('from', extract(epoch from a.starts_at)::bigint,
         'to', extract(epoch from a.ends_at)::bigint, 'delegate', a.delegate) order by a.starts_at, a.id)
       from lifecycle_absence a where a.name = people.name
         and a.ends_at > least(${since.toISOString()}::timestamptz, (select min(due_at) from lifecycle_timer))), '[]') as absences
    from people`);
  return Object.fromEntries(
    rows.map(({ name, role, partner, left, absences }) => [name, { role, partner, hasLeft: left, absences }]),
  );
}

function partnersOf(names: readonly string[]) {
  return sql`(select partner_id from lifecycle_person where ${isKeyIn(sql`name`, names, 'text')})`;
}

/** These partners and the partners of `by`, by id. The owner of a partner's account is its channel account manager. */
export async function channelPartners(
  tx: Db,
  ids: readonly string[],
  by: readonly string[],
): Promise<Readonly<Record<string, LifecyclePartner>>> {
  const rows = await tx.execute<{ id: string } & { [K in keyof LifecyclePartner]: LifecyclePartner[K] }>(sql`
    select p.id, p.name, coalesce(s.status, 'active') as status,
           ${ownerPerson(sql`a.owner`, { kind: 'account', id: sql`a.id` })} as cam
    from partner p join account a on a.id = p.account_id left join lifecycle_partner s on s.partner_id = p.id
    where ${isKeyIn(sql`p.id`, ids, 'uuid')} or p.id in ${partnersOf(by)}`);
  return Object.fromEntries(rows.map(({ id, ...partner }) => [id, partner]));
}

/** Those of these opportunities that exist, with the name of the owner or null. */
export async function opportunityOwners(
  tx: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; owner: string | null }>(sql`
    select o.id, ${ownerPerson(sql`o.owner`, { kind: 'opportunity', id: sql`o.id` })} as owner
    from opportunity o where ${isKeyIn(sql`o.id`, ids, 'uuid')}`);
  return new Map(rows.map(({ id, owner }) => [id, owner]));
}

export async function savePartnerStatus(
  tx: Db,
  partnerId: string,
  status: LifecyclePartner['status'],
): Promise<void> {
  await tx
    .insert(lifecyclePartner)
    .values({ partnerId, status })
    .onConflictDoUpdate({ target: lifecyclePartner.partnerId, set: { status } });
}

/** The people of a partner that was merged belong to the surviving one. */
export async function movePeople(tx: Db, from: string, into: string): Promise<void> {
  await tx.update(lifecyclePerson).set({ partnerId: into }).where(eq(lifecyclePerson.partnerId, from));
}

/** A person who has left is unknown to every later command. */
export async function savePersonLeft(
  tx: Db,
  name: string,
  role: LifecyclePerson['role'],
  at: Date,
): Promise<void> {
  await tx
    .insert(lifecyclePerson)
    .values({ name, role, leftAt: at })
    .onConflictDoUpdate({ target: lifecyclePerson.name, set: { leftAt: at } });
}

export async function saveAbsence(
  tx: Db,
  { id, name, absence }: { readonly id: string; readonly name: string; readonly absence: Absence },
): Promise<void> {
  const [startsAt, endsAt] = [new Date(absence.from * 1000), new Date(absence.to * 1000)];
  await tx
    .insert(lifecycleAbsence)
    .values({ id, name, startsAt, endsAt, delegate: absence.delegate, nextAt: startsAt });
}

/** True when an absence has begun or ended that the waiting registrations do not show yet. */
export async function hasAbsenceToShow(db: Db, at: Date): Promise<boolean> {
  const [row] = await db.execute<{ found: boolean }>(
    sql`select exists (select from lifecycle_absence where next_at <= ${at.toISOString()}::timestamptz) as found`,
  );
  return row?.found === true;
}

/** The waiting registrations show the people who are asked at this instant. */
export async function recordAbsencesShown(tx: Db, at: Date): Promise<void> {
  const now = sql`${at.toISOString()}::timestamptz`;
  await tx.execute(sql`
    update lifecycle_absence set next_at = case when ends_at > ${now} then ends_at end where next_at <= ${now}`);
}
