import { type SQL, sql } from 'drizzle-orm';

/**
 * SQL for the name of one of our records, such as a registration's number or an account's name; null when it
 * has none.
 */
export function recordName(kind: SQL, recordId: SQL): SQL {
  return sql`(case ${kind}
    when 'registration' then (select number from registration where id = ${recordId})
    when 'account' then (select name from account where id = ${recordId})
    when 'opportunity' then (select name from opportunity where id = ${recordId})
    when 'contact' then (select concat_ws(' ', first_name, last_name) from contact where id = ${recordId})
    when 'product' then (select name from product where id = ${recordId})
    when 'opportunity_line' then (select name from opportunity_line where id = ${recordId})
    when 'lead' then (select company from lead where id = ${recordId})
    when 'payout' then (select key from payout_item where id = ${recordId})
  end)`;
}
