import { sql, type SQL } from 'drizzle-orm';

/**
 * The person of the channel who owns a record in a CRM: the one with the owner's id there, or the channel account
 * manager or sales rep with the e-mail address of the owner. Operations often own records that they do not look after.
 *
 * @param owner the CRM's id of the owner
 * @param record the record's kind, and its id in Fairway
 */
export function ownerPerson(
  owner: SQL,
  record: { readonly kind: 'account' | 'opportunity'; readonly id: SQL },
): SQL {
  // A sales rep may own the account of a partner, and does not look after the partner.
  const roles = record.kind === 'account' ? sql`('cam')` : sql`('cam', 'rep')`;
  return sql`coalesce(
    (select l.name from lifecycle_person l where l.crm_user = ${owner} order by l.name limit 1),
    (select l.name from link k join crm_owner u on u.connection_id = k.connection_id and u.ext_id = ${owner}
       join lifecycle_person l on l.name = lower(u.email) and l.role in ${roles}
     where k.kind = ${record.kind} and k.record_id = ${record.id} order by l.name limit 1))`;
}
