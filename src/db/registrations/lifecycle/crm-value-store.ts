/** What the records in the CRM show of registrations with a lifecycle. */
import { aliasedTable, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { registration } from '#src/db/schema/channel.ts';
import { lifecycleProgramme, registrationLifecycle } from '#src/db/schema/lifecycle.ts';
import type { LifecycleState } from '#src/domain/registrations/lifecycle/states.ts';
import type { CrmValues } from './lifecycle-row.ts';

export interface LifecycleShownInCrm {
  readonly id: string;
  readonly state: LifecycleState;
  readonly version: number;
  /** By the names of the lifecycle. */
  readonly fields: CrmValues;
  /** The number of the registration that replaced it. */
  readonly supersededByNumber: string | null;
  /** The last protected day, `YYYY-MM-DD`, and the zone of its days. Null for no date and for UTC. */
  readonly protectedUntil: string | null;
  readonly protectionZone: string | null;
}

/** The registrations among these that have a lifecycle. */
export async function lifecyclesShownInCrm(
  db: Db,
  ids: readonly string[],
): Promise<readonly LifecycleShownInCrm[]> {
  if (ids.length === 0) return [];
  const other = aliasedTable(registration, 'other');
  return db
    .select({
      id: registrationLifecycle.registrationId,
      state: registrationLifecycle.state,
      version: registrationLifecycle.version,
      fields: registrationLifecycle.crmFields,
      supersededByNumber: other.number,
      protectedUntil: registration.protectedUntil,
      protectionZone: sql<string | null>`${lifecycleProgramme.body} ->> 'protectionZone'`,
    })
    .from(registrationLifecycle)
    .innerJoin(registration, eq(registration.id, registrationLifecycle.registrationId))
    .innerJoin(lifecycleProgramme, eq(lifecycleProgramme.id, registrationLifecycle.programmeId))
    .leftJoin(other, sql`${other.id}::text = ${registrationLifecycle.crmFields} ->> 'supersededBy'`)
    .where(isIn(registrationLifecycle.registrationId, ids));
}

/** The states of the registrations among these that have a lifecycle. */
export async function lifecycleStatesOf(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LifecycleState>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: registrationLifecycle.registrationId, state: registrationLifecycle.state })
    .from(registrationLifecycle)
    .where(isIn(registrationLifecycle.registrationId, ids));
  return new Map(rows.map(({ id, state }) => [id, state]));
}
