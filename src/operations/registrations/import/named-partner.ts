import type { Db } from '#src/db/client.ts';
import { partnersByCode } from '#src/db/records/account-store.ts';
import { foldKey } from '#src/domain/document-key.ts';
import { uuidsOf } from '#src/operations/registrations/lifecycle/uuids.ts';

export interface NamedPartner {
  /** Undefined when none is named, so that the partner of the sender counts. */
  readonly id?: string;
  /** What is wrong with the name, and what to write. */
  readonly problem: string | null;
}

/** The partner that a sender names by a partner code or an id. */
export async function namedPartner(db: Db, named: string): Promise<NamedPartner> {
  if (named === '') return { problem: null };
  const [id] = uuidsOf(named);
  if (id !== undefined) return { id, problem: null };
  const found = (await partnersByCode(db, [named])).get(foldKey(named));
  if (typeof found === 'object') return { id: found.id, problem: null };
  const shown = JSON.stringify(named.slice(0, 60));
  return found === 'ambiguous'
    ? {
        problem: `Several partners have the code ${shown}. Correct their codes, or write the id of the partner.`,
      }
    : { problem: `There is no partner with the code ${shown}. Write a partner code that exists.` };
}
