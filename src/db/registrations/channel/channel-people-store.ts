import { eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { lifecycleAbsence, lifecyclePartner, lifecyclePerson } from '#src/db/schema/lifecycle.ts';
import type { Role } from '#src/db/schema/people.ts';
import { peopleWithRoles } from './people-with-roles.ts';

/** Roles of the channel that people are given in Fairway. The others follow from their sign-in. */
export const channelRoles = ['partner', 'rep', 'cam'] as const;
export type ChannelRole = (typeof channelRoles)[number];

export interface ChannelPersonRow {
  readonly email: string;
  readonly role: string;
  readonly partnerId: string | null;
  readonly partnerName: string | null;
  readonly partnerCode: string | null;
  readonly leftAt: Date | null;
  /** The role with which the person signs in; null for one who does not. */
  readonly signInRole: Role | null;
  readonly isDisabled: boolean;
  /** Partners whose accounts the person owns in a CRM. */
  readonly ownedPartners: number;
  readonly absences: readonly {
    readonly id: string;
    readonly from: Date;
    readonly to: Date;
    readonly delegate: string;
  }[];
}

/** The partners whose accounts somebody owns in a CRM, by e-mail address. */
const owners = sql`
  select lower(u.email) as email, min(u.name) as name, count(distinct p.id)::int as partners
  from crm_owner u join account a on a.owner = u.ext_id and not a.deleted and a.is_partner
  join link k on k.kind = 'account' and k.record_id = a.id and k.connection_id = u.connection_id
  join partner p on p.account_id = a.id and p.merged_into is null
  where u.email is not null group by 1`;

/** Everybody who has a role in the channel, by e-mail address; services are not people. Absences that are over are left out. */
export async function channelPeopleList(db: Db, now: Date): Promise<readonly ChannelPersonRow[]> {
  const rows = await db.execute<
    Omit<{ [K in keyof ChannelPersonRow]: ChannelPersonRow[K] }, 'leftAt' | 'absences'> & {
      leftAt: string | null;
      absences: { id: string; from: string; to: string; delegate: string }[];
    }
  >(sql`
    with owned as (${owners})
    select n.name as email, n.role, n.partner_id as "partnerId", p.name as "partnerName", p.code as "partnerCode",
           n.left_at as "leftAt", n.sign_in_role as "signInRole", n.disabled_at is not null as "isDisabled",
           coalesce(o.partners, 0) as "ownedPartners",
           coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'from', a.starts_at, 'to', a.ends_at, 'delegate', a.delegate)
              order by a.starts_at, a.id)
            from lifecycle_absence a where a.name = n.name and a.ends_at > ${now.toISOString()}::timestamptz), '[]') as absences
    from ${peopleWithRoles} n left join partner p on p.id = n.partner_id left join owned o on o.email = n.name
    where n.role <> 'service'
    order by n.name`);
  return rows.map(({ leftAt, absences, ...row }) => ({
    ...row,
    leftAt: leftAt === null ? null : new Date(leftAt),
    absences: absences.map(({ from, to, ...absence }) => ({
      ...absence,
      from: new Date(from),
      to: new Date(to),
    })),
  }));
}

export interface OwnerWithoutRole {
  readonly email: string;
  readonly name: string | null;
  readonly partners: number;
}

/** People who own partners' accounts in a CRM and have no role in the channel, those with the most partners first. */
export async function ownersWithoutRole(db: Db, limit: number): Promise<readonly OwnerWithoutRole[]> {
  const rows = await db.execute<{ [K in keyof OwnerWithoutRole]: OwnerWithoutRole[K] }>(sql`
    with owned as (${owners})
    select email, name, partners from owned o
    where not exists (select from lifecycle_person l where l.name = o.email)
      and not exists (select from person p where p.email = o.email and (p.role <> 'viewer' or p.disabled_at is not null))
    order by partners desc, email limit ${limit}`);
  return [...rows];
}

export interface KnownPerson {
  /** The id in the audit trail. */
  readonly id: string;
  readonly email: string;
  /** The role in the channel. */
  readonly role: string;
  readonly partnerId: string | null;
  readonly leftAt: Date | null;
  /** Null for one who does not sign in. */
  readonly signInRole: Role | null;
}

/** A person with a role in the channel, or who signs in; null for an unknown one. */
export async function knownPerson(db: Db, email: string): Promise<KnownPerson | null> {
  const [row] = await db.execute<Omit<KnownPerson, 'leftAt'> & { leftAt: string | null }>(sql`
    select id, name as email, role, partner_id as "partnerId", left_at as "leftAt", sign_in_role as "signInRole"
    from ${peopleWithRoles} w where name = ${email}`);
  return row === undefined ? null : { ...row, leftAt: row.leftAt === null ? null : new Date(row.leftAt) };
}

export async function saveChannelPerson(
  tx: Db,
  {
    email,
    role,
    partnerId,
  }: { readonly email: string; readonly role: ChannelRole; readonly partnerId: string | null },
): Promise<void> {
  const leftAt = null;
  await tx
    .insert(lifecyclePerson)
    .values({ name: email, role, partnerId })
    .onConflictDoUpdate({ target: lifecyclePerson.name, set: { role, partnerId, leftAt } });
}

/** The person has left no more. */
export async function clearPersonLeft(tx: Db, email: string): Promise<void> {
  await tx.update(lifecyclePerson).set({ leftAt: null }).where(eq(lifecyclePerson.name, email));
}

export async function absenceById(db: Db, id: string) {
  const [found] = await db.select().from(lifecycleAbsence).where(eq(lifecycleAbsence.id, id));
  return found ?? null;
}

/** Deletes an absence that has not begun. One that has ends now. */
export async function endAbsence(tx: Db, id: string, now: Date): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await tx.execute(sql`delete from lifecycle_absence where id = ${id} and starts_at > ${at}`);
  await tx.execute(
    sql`update lifecycle_absence set ends_at = least(ends_at, ${at}), next_at = null where id = ${id}`,
  );
}

export interface PartnerStatus {
  readonly partnerId: string;
  readonly name: string;
  readonly code: string | null;
  readonly status: 'active' | 'suspended' | 'terminated';
  /** The person who entered the status; null when the CRM says so. */
  readonly setBy: string | null;
}

/** Partners that are not active, by name. */
export async function partnersNotActive(db: Db): Promise<readonly PartnerStatus[]> {
  const rows = await db.execute<{ [K in keyof PartnerStatus]: PartnerStatus[K] }>(sql`
    select p.id as "partnerId", p.name, p.code, s.status, s.set_by as "setBy"
    from lifecycle_partner s join partner p on p.id = s.partner_id
    where s.status <> 'active' and p.merged_into is null order by p.name, p.id`);
  return [...rows];
}

/** The status of one partner; null for an unknown or merged one. */
export async function partnerStatusOf(
  db: Db,
  partnerId: string,
): Promise<(PartnerStatus & { readonly isSuspendedInCrm: boolean }) | null> {
  const [row] = await db.execute<
    { [K in keyof PartnerStatus]: PartnerStatus[K] } & { isSuspendedInCrm: boolean }
  >(sql`
    select p.id as "partnerId", p.name, p.code, coalesce(s.status, 'active') as status, s.set_by as "setBy",
           a.partner_suspended as "isSuspendedInCrm"
    from partner p join account a on a.id = p.account_id left join lifecycle_partner s on s.partner_id = p.id
    where p.id = ${partnerId} and p.merged_into is null`);
  return row ?? null;
}

export async function setPartnerStatusBy(tx: Db, partnerId: string, setBy: string | null): Promise<void> {
  await tx.update(lifecyclePartner).set({ setBy }).where(eq(lifecyclePartner.partnerId, partnerId));
}
