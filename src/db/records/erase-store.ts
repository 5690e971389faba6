import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { eraseExamples } from './erase-examples.ts';
import { unmergedRecordIds } from './link-store.ts';
import { isIn, isKeyIn } from '#src/db/is-in.ts';
import { account, contact, opportunityLine, partner, product, registration } from '#src/db/schema/channel.ts';
import { erasedHash } from '#src/db/schema/connection.ts';

/** Stands where a name was: lists and books still need something to show. */
const erasedName = 'Erased';

/**
 * The vendor has erased these records for privacy: what we know of them goes, too, in the caller's
 * transaction, under `lockObject`. Their rows stay, without what they said, so that money that was earned and
 * paid still ties out; a partner keeps its code, which is the ERP's. Records of others that repeat a value of
 * theirs (a claim's findings, what was written because of them) lose the sentence. Doing it again changes
 * nothing.
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
  await tx.execute(sql`update remote_change c set changes = '{}'::jsonb where ${here(sql`c`)}`);
  await tx.execute(sql`
    insert into remote_change (connection_id, object, ext_id, what, changes, via, modified_at, at)
    select r.connection_id, r.object, r.ext_id, 'erased', '{}'::jsonb, 'hint', ${at.toISOString()}, ${at.toISOString()} from remote_record r
    where ${here(sql`r`)}
      and not exists (select 1 from remote_change c where (c.connection_id, c.object, c.ext_id, c.what) = (r.connection_id, r.object, r.ext_id, 'erased'))`);
  await tx.execute(sql`
    update resolution r set base = null, theirs = null, ours = null, winner = coalesce(winner, 'crm'), settled_at = coalesce(settled_at, ${at.toISOString()})
    where ${here(sql`r`)}`);
  // A problem's words quote the value that was wrong.
  await tx.execute(sql`
    delete from problem p where p.connection_id = ${connectionId} and p.object = ${object}
      and p.ref in (select jsonb_array_elements_text(${JSON.stringify(extIds)}::text::jsonb))`);
  await eraseExamples(tx, connectionId, extIds);
  const ids = [...known.values()];
  await eraseOurs(tx, [...ids, ...(await endedIn(tx, ids))], at);
}

/**
 * Accounts that were merged into these: nothing leads to them any more but the names that were kept of them.
 */
async function endedIn(tx: Db, accountIds: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct ended.id from account lives cross join lateral jsonb_array_elements(lives.former_names) known
    join account ended on lower(ended.name) = lower(known ->> 'name') and ended.domain is not distinct from known ->> 'domain'
    where ${isKeyIn(sql`lives.id`, accountIds, 'uuid')} and ended.deleted and ended.id <> lives.id`);
  return rows.map((row) => row.id);
}

/** Of our own records, whatever kind they are of. */
async function eraseOurs(tx: Db, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    update write_intent w set fields = '{}'::jsonb, base = '{}'::jsonb, key_value = null, failure = null,
      status = case when status in ('pending', 'dead') then 'superseded' else status end, settled_at = coalesce(settled_at, ${at.toISOString()})
    where record_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`);
  const nowhere = {
    ...{ domain: null, country: null, street: null, city: null, region: null, postcode: null, phone: null },
    ...{
      aliases: null,
      formerNames: [],
      vatId: null,
      duns: null,
      lei: null,
      territory: null,
      customerSince: null,
      extra: {},
    },
  };
  await tx
    .update(account)
    .set({ name: erasedName, core: '', matchDomain: null, deleted: true, ...nowhere })
    .where(isIn(account.id, ids));
  await tx.update(partner).set({ name: erasedName }).where(isIn(partner.accountId, ids));
  const nobody = {
    extra: {},
    customerDomain: null,
    customerCountry: null,
    contactEmail: null,
    core: '',
    matchDomain: null,
    matchCountry: null,
  };
  await tx
    .update(registration)
    .set({ customerName: erasedName, deleted: true, reason: null, conflictSummary: null, ...nobody })
    .where(isIn(registration.id, ids));
  await tx.execute(
    sql`update opportunity set name = ${erasedName}, extra = '{}', deleted = true where ${isAmong(ids)}`,
  );
  const noOne = {
    firstName: null,
    lastName: null,
    email: null,
    phone: null,
    title: null,
    extra: {},
    deleted: true,
  };
  await tx.update(contact).set(noOne).where(isIn(contact.id, ids));
  await tx
    .update(product)
    .set({ code: null, name: erasedName, family: null, extra: {}, deleted: true })
    .where(isIn(product.id, ids));
  await tx
    .update(opportunityLine)
    .set({ name: null, extra: {}, deleted: true })
    .where(isIn(opportunityLine.id, ids));
  await eraseLabels(tx, ids);
  await eraseFindings(tx, ids);
}

const isAmong = (ids: readonly string[]): SQL =>
  sql`id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;

/**
 * Cases of these records, and what the cases of others found out about them. The next decision finds anew.
 */
async function eraseFindings(tx: Db, ids: readonly string[]): Promise<void> {
  const erased = sql`(select value from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;
  await tx.execute(sql`
    with naming as (
      select registration_id, registration_id::text in ${erased} as own from conflict_case
      where registration_id::text in ${erased}
         or exists (select 1 from jsonb_array_elements(decision -> 'findings') f where f -> 'rival' ->> 'id' in ${erased})
         or exists (select 1 from jsonb_array_elements(decision -> 'findings') f join opportunity o on o.id::text = f -> 'rival' ->> 'id'
                    where o.account_id::text in ${erased})
         or exists (select 1 from jsonb_array_elements(facts -> 'rules' -> 'historyRivals') r where r ->> 'id' in ${erased})
    ),
    emptied as (
      update conflict_case k set facts = null, decision = k.decision || jsonb_build_object('reason', '', 'findings', '[]'::jsonb)
      from naming where k.registration_id = naming.registration_id
    )
    update registration r set conflict_summary = null, reason = null from naming where r.id = naming.registration_id`);
}

/** Answers and questions about companies that have been erased. */
export async function eraseLabels(tx: Db, ids: readonly string[]): Promise<void> {
  const erased = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`;
  await tx.execute(sql`
    delete from match_label where registration_id in ${erased} or rival_id in ${erased}
      or rival_id in (select id from opportunity where account_id in ${erased})`);
}
