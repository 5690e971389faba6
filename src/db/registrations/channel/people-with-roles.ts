import { sql } from 'drizzle-orm';

/**
 * Everybody with a role in the channel, people and services, in SQL: `name`, `role`, `partner_id`, `left_at`, `id` (the one in the audit
 * trail), `sign_in_role` and `disabled_at`. People who sign in as admins, operations or finance have that role, whatever
 * role they were given in the channel before; viewers have the one they were given, and without one are auditors.
 */
export const peopleWithRoles = sql`(
  select coalesce(l.name, p.email) as name, coalesce(p.id, l.id) as id,
         case when p.role <> 'viewer' then p.role else coalesce(l.role, 'auditor') end as role,
         case when p.role <> 'viewer' then null else l.partner_id end as partner_id,
         l.left_at, p.role as sign_in_role, p.disabled_at
  from lifecycle_person l full join person p on p.email = l.name)`;
