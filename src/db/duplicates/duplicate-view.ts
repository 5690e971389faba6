import { sql } from 'drizzle-orm';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { listOf } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { accountPlaces } from './duplicate-candidates.ts';
import { recordValues, type RecordValues } from '#src/db/records/record-values-view.ts';

/** An account of a CRM, with the number of records that refer to it. */
export interface AccountWithUsage {
  readonly id: string;
  readonly name: string;
  readonly object: string;
  readonly extId: string;
  readonly isPartner: boolean;
  readonly openOpportunities: number;
  readonly registrations: number;
  readonly values: RecordValues;
  readonly normal: NormalisedCompany;
}

type Row = { [K in keyof Omit<AccountWithUsage, 'values'>]: AccountWithUsage[K] };

/**
 * Accounts by our ids. An account that is no longer in the connection (deleted, merged or erased) is left
 * out.
 */
export async function accountsWithUsage(
  db: Db,
  connectionId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AccountWithUsage>> {
  if (ids.length === 0) return new Map();
  const known = [...new Set(ids)];
  const rows = await db.execute<Row>(sql`
    select a.id, a.name, place.object, place.ext_id as "extId", p.normal,
           exists (select from partner where account_id = a.id and merged_into is null) as "isPartner",
           (select count(*) from opportunity o where o.account_id = a.id and not o.is_closed and not o.deleted)::int as "openOpportunities",
           (select count(*) from opportunity o join registration r on r.opportunity_id = o.id and not r.deleted
             where o.account_id = a.id)::int as registrations
    from ${listOf('uuid', known, (one) => one)} x (id)
    cross join lateral (select * from account where account.id = x.id and not deleted limit 1) a
    cross join lateral (select * from match_profile where subject_id = x.id limit 1) p
    cross join lateral (
      select l.object, l.ext_id from ${accountPlaces(connectionId)} and l.record_id = x.id order by l.ext_id limit 1
    ) place`);
  const values = await recordValues(
    db,
    'account',
    rows.map(({ id }) => id),
  );
  return new Map(rows.map((row) => [row.id, { ...row, values: values.get(row.id) ?? {} }]));
}
