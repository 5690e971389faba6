import type { Db } from '#src/db/client.ts';
import { account, opportunity, partner } from '#src/db/schema/channel.ts';
import { lifecyclePerson } from '#src/db/schema/lifecycle.ts';

export type NewLifecyclePerson = typeof lifecyclePerson.$inferInsert;

export interface NewChannelPartner {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  /** The CRM's user who owns the partner's account. */
  readonly owner: string | null;
}

/** Adds people to the channel. */
export async function insertLifecyclePeople(db: Db, people: readonly NewLifecyclePerson[]): Promise<void> {
  if (people.length > 0) await db.insert(lifecyclePerson).values([...people]);
}

/** Adds partners with their accounts, where no CRM is connected from which they are read. */
export async function insertPartners(db: Db, partners: readonly NewChannelPartner[]): Promise<void> {
  for (const { id, accountId, name, owner } of partners) {
    await db.insert(account).values({ id: accountId, name, isPartner: true, owner });
    await db.insert(partner).values({ id, accountId, name });
  }
}

/** Adds opportunities, where no CRM is connected from which they are read. */
export async function insertOpportunities(
  db: Db,
  opportunities: readonly { readonly id: string; readonly name: string; readonly owner: string }[],
): Promise<void> {
  if (opportunities.length > 0) await db.insert(opportunity).values([...opportunities]);
}
