import { markAccountsDeleted, markOpportunitiesDeleted } from '#src/db/records/account-store.ts';
import type { Db } from '#src/db/client.ts';
import { markContactsDeleted } from '#src/db/records/contact-store.ts';
import { markOpportunityLinesDeleted, markProductsDeleted } from '#src/db/records/product-store.ts';
import { markRegistrationsDeleted } from '#src/db/registrations/registration-store.ts';
import { placeAccounts } from './account.ts';
import { placeContacts } from './contact.ts';
import type { Mapped, PlaceContext, Placing } from './place-context.ts';
import { placeInvoices } from './invoice.ts';
import { placeOpportunities } from './opportunity.ts';
import { placeOpportunityLines } from './opportunity-line.ts';
import { placeProducts } from './product.ts';
import { placeRegistrations } from './registration.ts';

/** In this order, because later ones point at earlier ones. */
export const placers = {
  account: { place: placeAccounts, forget: markAccountsDeleted },
  contact: { place: placeContacts, forget: markContactsDeleted },
  product: { place: placeProducts, forget: markProductsDeleted },
  opportunity: { place: placeOpportunities, forget: markOpportunitiesDeleted },
  opportunity_line: { place: placeOpportunityLines, forget: markOpportunityLinesDeleted },
  registration: { place: placeRegistrations, forget: markRegistrationsDeleted },
  // A file that disappears takes nothing back: an invoice is undone by a credit memo.
  invoice: { place: placeInvoices, forget: async () => {} },
} as const satisfies Record<
  string,
  {
    place: (context: PlaceContext, records: readonly Mapped[]) => Promise<Placing>;
    forget: (tx: Db, ids: readonly string[]) => Promise<void>;
  }
>;
export type PlacedKind = keyof typeof placers;
