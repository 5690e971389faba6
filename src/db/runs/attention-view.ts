import { sql } from 'drizzle-orm';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import type { Db } from '#src/db/client.ts';

/** True when accounts were placed and none of them is a partner. */
export async function lacksPartners(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ lacks: boolean }>(sql`
    select exists (select 1 from account where not deleted)
       and not exists (select 1 from account where not deleted and is_partner) as lacks`);
  return row?.lacks === true;
}

/** A CRM no longer shows the field that says which accounts are partners. New partners would not be seen. */
interface HiddenPartnerField {
  readonly connection: string;
  readonly message: string;
  readonly fix: string;
}

export async function hiddenPartnerFields(db: Db): Promise<HiddenPartnerField[]> {
  const rows = await db.execute(sql`
    select c.name as connection, f ->> 'message' as message, f ->> 'fix' as fix
      from mapping_drift d
      join connection c on c.id = d.connection_id and c.status <> 'disabled'
      cross join lateral jsonb_array_elements(d.findings) f
     where d.kind = 'account' and f ->> 'change' = 'deleted' and f -> 'locals' ? 'isPartner'
     order by c.name`);
  return rows as unknown as HiddenPartnerField[];
}

/** Objects that could not be read, because a permission or the mapping is wrong. */
export async function unreadObjects(db: Db): Promise<(HiddenPartnerField & { readonly object: string })[]> {
  const rows = await db.execute(sql`
    select c.name as connection, min(p.object) as object, p.message, p.fix
      from problem p join connection c on c.id = p.connection_id and c.status <> 'disabled'
     where p.source = 'connection' and p.status = 'open' and p.class in ('mapping', 'permission')
     group by c.name, p.message, p.fix order by c.name, object`);
  return rows as unknown as (HiddenPartnerField & { readonly object: string })[];
}

/** An object whose records were mostly refused: they could not be placed, or the CRM did not accept them. */
export interface MostlyRefused {
  readonly connection: string;
  readonly system: SystemKind;
  readonly object: string;
  readonly refused: number;
  readonly total: number;
  /** The most frequent reason, and what to do. */
  readonly message: string;
  readonly fix: string;
}

/** The objects whose records mostly wait with a problem, so that they take no part in any decision. */
export async function mostlyUnplaced(db: Db): Promise<MostlyRefused[]> {
  return reasonsOf(
    db,
    sql`
    select r.connection_id, r.object, count(*)::int as total,
           count(*) filter (where r.mapped_hash is distinct from r.hash
             and exists (select 1 from problem p where p.source = 'map' and p.status = 'open'
                         and (p.connection_id, p.object, p.ref) = (r.connection_id, r.object, r.ext_id)))::int as refused
      from remote_record r where not r.deleted group by r.connection_id, r.object`,
    'map',
  );
}

/**
 * The objects most of whose records the CRM refused in this run. A record of which some fields were written counts as
 * written.
 */
export async function mostlyUnwritten(db: Db, runId: string): Promise<MostlyRefused[]> {
  return reasonsOf(
    db,
    sql`
    select connection_id, object, count(*)::int as total, count(*) filter (where not written)::int as refused
      from (select connection_id, object, record_id, bool_or(status = 'done') as written
              from write_intent where run_id = ${runId} and status in ('done', 'dead')
             group by connection_id, object, record_id) r
     group by connection_id, object`,
    'write',
  );
}

async function reasonsOf(
  db: Db,
  counts: ReturnType<typeof sql>,
  source: 'map' | 'write',
): Promise<MostlyRefused[]> {
  const rows = await db.execute(sql`
    select c.name as connection, c.kind as system, x.object, x.refused, x.total, why.message, why.fix
      from (${counts}) x
      join connection c on c.id = x.connection_id
      join lateral (
        select p.message, p.fix from problem p
         where p.source = ${source} and p.status = 'open' and p.connection_id = x.connection_id and p.object = x.object
         group by p.message, p.fix, p.code order by count(*) desc, p.message limit 1) why on true
     where x.refused * 2 > x.total
     order by c.name, x.object`);
  return rows as unknown as MostlyRefused[];
}
