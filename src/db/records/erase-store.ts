import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { eraseExamples } from './erase-examples.ts';
import { unmergedRecordIds } from './link-store.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import {
  account,
  contact,
  lead,
  opportunityLine,
  partner,
  product,
  registration,
} from '#src/db/schema/channel.ts';
import { erasedHash } from '#src/db/schema/connection.ts';

/** Replaces a name, because lists and the ledger need a text. */
const erasedName = 'Erased';

/**
 * Erases what Fairway stores about records that the vendor has erased for privacy, in the caller's
 * transaction and under `lockObject`. Our rows stay without their values, so that earned and paid amounts
 * still match; a partner keeps its code, which comes from the ERP. Texts about other records that repeat a
 * value, such as the findings of a registration, are removed. A second call changes nothing.
 */
export async function eraseRecords(
  tx: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
  at: Date,
): Promise<void> {
  if (extIds.length === 0) return;
  const here = (table: SQL) =>
    sql`${table}.connection_id = ${connectionId} and ${table}.object = ${object}
        and ${table}.ext_id in (select jsonb_array_elements_text(${JSON.stringify(extIds)}::text::jsonb))`;
  const known = await unmergedRecordIds(tx, connectionId, object, extIds);
  await tx.execute(sql`
    update remote_record r set fields = '{}'::jsonb, deleted = true, hash = ${erasedHash}, mapped_hash = ${erasedHash},
      modified_at = greatest(modified_at, ${at.toISOString()}), pulled_at = greatest(pulled_at, ${at.toISOString()})
    where ${here(sql`r`)}`);
  await tx.execute(sql`delete from shadow s where ${here(sql`s`)}`);
  await tx.execute(sql`
    delete from registration_creator c where c.connection_id = ${connectionId}
      and exists (select from link s where s.kind = 'registration' and s.ext_id = c.ext_id and ${here(sql`s`)})`);
  await tx.execute(sql`update remote_change c set changes = '{}'::jsonb where ${here(sql`c`)}`);
  await tx.execute(sql`
    insert into remote_change (connection_id, object, ext_id, what, changes, via, modified_at, at)
    select r.connection_id, r.object, r.ext_id, 'erased', '{}'::jsonb, 'hint', ${at.toISOString()}, ${at.toISOString()} from remote_record r
    where ${here(sql`r`)}
      and not exists (select 1 from remote_change c where (c.connection_id, c.object, c.ext_id, c.what) = (r.connection_id, r.object, r.ext_id, 'erased'))`);
  await tx.execute(sql`
    update resolution r set base = null, theirs = null, ours = null, winner = coalesce(winner, 'crm'), settled_at = coalesce(settled_at, ${at.toISOString()})
    where ${here(sql`r`)}`);
  // The message of a problem quotes the wrong value.
  await tx.execute(sql`
    delete from problem p where p.connection_id = ${connectionId} and p.object = ${object}
      and p.ref in (select jsonb_array_elements_text(${JSON.stringify(extIds)}::text::jsonb))`);
  await eraseExamples(tx, connectionId, extIds);
  const ids = [...known.values()];
  await eraseOurRecords(tx, [...ids, ...(await accountsMergedInto(tx, ids))], at);
}

/**
 * Accounts that were merged into these. They are found by the names that were stored at the merge; there is
 * no other reference.
 */
async function accountsMergedInto(tx: Db, accountIds: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct merged.id from account survivor cross join lateral jsonb_array_elements(survivor.former_names) known
    join account merged on lower(merged.name) = lower(known ->> 'name') and merged.domain is not distinct from known ->> 'domain'
    where ${isKeyIn(sql`survivor.id`, accountIds, 'uuid')} and merged.deleted and merged.id <> survivor.id`);
  return rows.map((row) => row.id);
}

/** Erases the values of our records, of any kind. */
async function eraseOurRecords(tx: Db, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    update write_intent w set fields = '{}'::jsonb, base = '{}'::jsonb, key_value = null, failure = null,
      status = case when status in ('pending', 'dead') then 'superseded' else status end, settled_at = coalesce(settled_at, ${at.toISOString()})
    where record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`);
  const noCompany = {
    domain: null,
    country: null,
    street: null,
    city: null,
    region: null,
    postcode: null,
    phone: null,
    aliases: null,
    formerNames: [],
    vatId: null,
    duns: null,
    lei: null,
    territory: null,
    customerSince: null,
    owner: null,
    extra: {},
  };
  await tx
    .update(account)
    .set({ name: erasedName, core: '', matchDomain: null, deleted: true, ...noCompany })
    .where(isIn(account.id, ids));
  await tx.update(partner).set({ name: erasedName }).where(isIn(partner.accountId, ids));
  const noCustomer = {
    extra: {},
    customerDomain: null,
    customerCountry: null,
    contactEmail: null,
    approvedTerms: null,
    editedTerms: null,
    core: '',
    matchDomain: null,
    matchCountry: null,
  };
  await tx
    .update(registration)
    .set({ customerName: erasedName, deleted: true, reason: null, conflictSummary: null, ...noCustomer })
    .where(isIn(registration.id, ids));
  await eraseLifecycles(tx, ids);
  await tx.execute(
    sql`update opportunity set name = ${erasedName}, owner = null, lost_reason = null, extra = '{}', deleted = true where ${isAmong(ids)}`,
  );
  const noContact = {
    firstName: null,
    lastName: null,
    email: null,
    phone: null,
    title: null,
    extra: {},
    deleted: true,
  };
  await tx.update(contact).set(noContact).where(isIn(contact.id, ids));
  await tx
    .update(product)
    .set({ code: null, name: erasedName, family: null, extra: {}, deleted: true })
    .where(isIn(product.id, ids));
  await tx
    .update(opportunityLine)
    .set({ name: null, extra: {}, deleted: true })
    .where(isIn(opportunityLine.id, ids));
  const noLead = { company: null, domain: null, emailDomain: null, country: null, owner: null, extra: {} };
  await tx
    .update(lead)
    .set({ ...noLead, deleted: true })
    .where(isIn(lead.id, ids));
  await eraseLabels(tx, ids);
  await eraseFindings(tx, ids);
}

const isAmong = (ids: readonly string[]): SQL =>
  sql`id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;

/**
 * Empties the cases of these records and of registrations that mention them. The next decision calculates
 * them again.
 */
async function eraseFindings(tx: Db, ids: readonly string[]): Promise<void> {
  const erased = sql`(select value from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;
  await tx.execute(sql`
    with naming as (
      select registration_id from conflict_case
      where registration_id::text in ${erased}
         or exists (select 1 from jsonb_array_elements(decision -> 'findings') f where f -> 'rival' ->> 'id' in ${erased})
         or exists (select 1 from jsonb_array_elements(decision -> 'findings') f join opportunity o on o.id::text = f -> 'rival' ->> 'id'
                    where o.account_id::text in ${erased})
         or exists (select 1 from opportunity o where o.id::text = facts -> 'rules' -> 'registration' -> 'linked' ->> 'id'
                    and (o.id::text in ${erased} or o.account_id::text in ${erased}))
         or exists (select 1 from jsonb_array_elements(facts -> 'rules' -> 'historyRivals') r where r ->> 'id' in ${erased})
    ),
    emptied as (
      update conflict_case k set facts = null, decision = k.decision || jsonb_build_object('reason', '', 'findings', '[]'::jsonb)
      from naming where k.registration_id = naming.registration_id
    )
    update registration r set conflict_summary = null, reason = null from naming where r.id = naming.registration_id`);
}

/** Deletes the answers and questions about these companies. */
export async function eraseLabels(tx: Db, ids: readonly string[]): Promise<void> {
  const erased = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;
  await tx.execute(sql`
    delete from match_label where registration_id in ${erased} or rival_id in ${erased}
      or rival_id in (select id from opportunity where account_id in ${erased})`);
}

/** Events cannot be changed and have no values of the deal, so only their evidence is removed. */
async function eraseLifecycles(tx: Db, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    delete from registration_event_evidence where event_id in (select e.id from registration_event e where ${isKeyIn(sql`e.registration_id`, ids, 'uuid')})`);
  await tx.execute(
    sql`update deferred_decision set given = '{}' where ${isKeyIn(sql`registration_id`, ids, 'uuid')}`,
  );
  await tx.execute(sql`
    update lifecycle_notice set must_not_contain = '[]' where registration_id in (
      select l.registration_id from registration_lifecycle l join registration_lifecycle erased on erased.deal = l.deal
      where ${isKeyIn(sql`erased.registration_id`, ids, 'uuid')})`);
  await tx.execute(
    sql`update registration_lifecycle set terms = '{}' where ${isKeyIn(sql`registration_id`, ids, 'uuid')}`,
  );
}
