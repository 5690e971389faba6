/** Registrations of CRMs whose lifecycle begins, or whose record was edited there. */
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { storedOf, type StoredRegistration } from '#src/db/registrations/registration-store.ts';
import { partner, registration } from '#src/db/schema/channel.ts';
import { lifecyclePerson, registrationLifecycle } from '#src/db/schema/lifecycle.ts';

/** The record from which a registration was read. */
export interface CrmSource {
  readonly connectionId: string;
  readonly extId: string;
}

/** By the id of the registration; the first connection of those that have it. */
export async function crmSourcesOf(tx: Db, ids: readonly string[]): Promise<ReadonlyMap<string, CrmSource>> {
  const rows = await tx.execute<{ id: string } & { [K in keyof CrmSource]: CrmSource[K] }>(sql`
    select distinct on (l.record_id) l.record_id as id, l.connection_id as "connectionId", l.ext_id as "extId"
    from link l where l.kind = 'registration' and ${isKeyIn(sql`l.record_id`, ids, 'uuid')}
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
    .select({ registration, partnerName: partner.name, terms: registrationLifecycle.terms })
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
  return rows.map(({ terms, ...row }) => ({ registration: storedOf(row), terms }));
}
