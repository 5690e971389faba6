/** Registrations of CRMs whose lifecycle begins, or whose record was edited there. */
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { createdBy, isSubmittedOutside } from './creator-store.ts';
import { storedOf, type StoredRegistration } from '#src/db/registrations/registration-store.ts';
import { partner, registration } from '#src/db/schema/channel.ts';
import { lifecyclePerson, registrationLifecycle } from '#src/db/schema/lifecycle.ts';
import type { LifecycleState } from '#src/domain/registrations/lifecycle/states.ts';

/** The record from which a registration was read. */
export interface CrmSource {
  readonly connectionId: string;
  readonly extId: string;
  /** As `LifecycleRegistration.createdBy`. */
  readonly createdBy: readonly string[] | null;
}

/** By the id of the registration; the first connection of those that have it. */
export async function crmSourcesOf(tx: Db, ids: readonly string[]): Promise<ReadonlyMap<string, CrmSource>> {
  const rows = await tx.execute<{ id: string } & { [K in keyof CrmSource]: CrmSource[K] }>(sql`
    select distinct on (l.record_id) l.record_id as id, l.connection_id as "connectionId", l.ext_id as "extId", ${createdBy} as "createdBy"
    from link l join registration on registration.id = l.record_id where l.kind = 'registration' and ${isKeyIn(sql`l.record_id`, ids, 'uuid')}
    order by l.record_id, l.connection_id`);
  return new Map(rows.map(({ id, ...source }) => [id, source]));
}

/** The service that submits for the people of a CRM, as long as the author of a record is not known. */
export async function ensureCrmService(tx: Db, connectionId: string): Promise<string> {
  const name = `crm ${connectionId}`;
  await tx.insert(lifecyclePerson).values({ name, role: 'service' }).onConflictDoNothing();
  return name;
}

export interface EditedInCrm {
  readonly registration: StoredRegistration;
  readonly state: LifecycleState;
  /** The terms before the edit. */
  readonly terms: Readonly<Record<string, string>>;
}

/**
 * Registrations with a lifecycle whose columns, which follow the CRM, may differ from their terms.
 *
 * @param ids the registrations to look at; all when it is left out
 */
export async function registrationsEditedInCrm(
  tx: Db,
  ids?: readonly string[],
): Promise<readonly EditedInCrm[]> {
  const term = (name: string) => sql`coalesce(${registrationLifecycle.terms} ->> ${name}::text, '')`;
  const columns = [
    [registration.customerName, 'customerName'],
    [registration.customerDomain, 'customerDomain'],
    [registration.customerCountry, 'customerCountry'],
    [registration.contactEmail, 'contactEmail'],
    [registration.productFamily, 'productFamily'],
    [registration.dealType, 'dealType'],
    [registration.currency, 'currency'],
    [registration.expectedClose, 'expectedClose'],
  ] as const;
  const differs = columns.map(([column, name]) => sql`coalesce(${column}::text, '') <> ${term(name)}`);
  const amount = sql`coalesce(${registration.amountMinor}::text, '') <> replace(${term('amount')}, '.', '')`;
  const rows = await tx
    .select({
      registration,
      partnerName: partner.name,
      state: registrationLifecycle.state,
      terms: registrationLifecycle.terms,
    })
    .from(registration)
    .innerJoin(partner, eq(partner.id, registration.partnerId))
    .innerJoin(registrationLifecycle, eq(registrationLifecycle.registrationId, registration.id))
    .where(
      and(
        eq(registration.deleted, false),
        ids ? isIn(registration.id, ids) : undefined,
        sql`exists (select from link l where l.kind = 'registration' and l.record_id = ${registration.id})`,
        sql`(${sql.join([...differs, amount], sql` or `)})`,
      ),
    )
    .orderBy(registration.id);
  return rows.map(({ state, terms, ...row }) => ({ registration: storedOf(row), state, terms }));
}

/** A registration that no CRM has. References are the vendor's ids. */
export interface RegistrationWithoutRecord {
  readonly id: string;
  readonly number: string;
  readonly currency: string | null;
  readonly submittedAt: Date;
  readonly partner: string;
  readonly opportunity: string | null;
  /** True when another registration has the same number, which would be overwritten. */
  readonly isNumberUsed: boolean;
}

/** True for a registration that was submitted outside the CRMs, and has never had a record in one. */
const isWithoutRecord = sql`
  not exists (select from link x where x.kind = 'registration' and x.record_id = registration.id) and ${isSubmittedOutside}`;

/**
 * Those of these registrations that no CRM has and whose partner is an account of this CRM.
 *
 * @param crms all CRMs. The oldest one that has the partner is the CRM of a registration
 */
export async function registrationsWithoutRecord(
  tx: Db,
  connectionId: string,
  crms: readonly string[],
  ids: readonly string[],
): Promise<readonly RegistrationWithoutRecord[]> {
  const rows = await tx.execute<{
    [K in keyof RegistrationWithoutRecord]: K extends 'submittedAt' ? string : RegistrationWithoutRecord[K];
  }>(sql`
    select registration.id, registration.number, registration.currency, registration.submitted_at as "submittedAt", a.ext_id as partner,
      (select o.ext_id from link o where o.kind = 'opportunity' and o.record_id = registration.opportunity_id
         and o.connection_id = a.connection_id and o.merged_into is null order by o.ext_id limit 1) as opportunity,
      exists (select from registration other where other.number = registration.number and other.id <> registration.id and not other.deleted) as "isNumberUsed"
    from registration
    join partner p on p.id = registration.partner_id
    join lateral (
      select l.connection_id, l.ext_id from link l
      where l.kind = 'account' and l.record_id = p.account_id and l.merged_into is null and ${isKeyIn(sql`l.connection_id`, crms, 'uuid')}
      order by l.connection_id, l.ext_id limit 1) a on a.connection_id = ${connectionId}
    where ${isKeyIn(sql`registration.id`, ids, 'uuid')} and not registration.deleted and ${isWithoutRecord}`);
  return rows.map((row) => ({ ...row, submittedAt: new Date(row.submittedAt) }));
}

/** A new record of a CRM that may be the one of a registration that Fairway wrote there. */
export interface NumberedRecord {
  readonly extId: string;
  readonly number: string;
  /** The vendor's ids of the accounts that it names as the partner. */
  readonly partners: readonly string[];
}

/**
 * By the vendor's id: the registrations that were submitted outside the CRMs under the number and the partner of a
 * record. The record may be read before the answer to its creation is known.
 */
export async function registrationsWrittenAs(
  tx: Db,
  connectionId: string,
  records: readonly NumberedRecord[],
): Promise<ReadonlyMap<string, string>> {
  if (records.length === 0) return new Map();
  const rows = await tx.execute<{ extId: string; id: string }>(sql`
    select distinct on (registration.id) x."extId", registration.id
    from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as x("extId" text, number text, partners jsonb)
    join registration on registration.number = x.number and not registration.deleted
    join partner p on p.id = registration.partner_id
    join link l on l.kind = 'account' and l.record_id = p.account_id and l.connection_id = ${connectionId} and x.partners ? l.ext_id
    where ${isWithoutRecord}
    order by registration.id, x."extId"`);
  return new Map(rows.map(({ extId, id }) => [extId, id]));
}
