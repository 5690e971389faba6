import { markAccountsDeleted, markOpportunitiesDeleted } from '#src/db/records/account-store.ts';
import type { Db } from '#src/db/client.ts';
import { markContactsDeleted } from '#src/db/records/contact-store.ts';
import { markLeadsDeleted } from '#src/db/records/lead-store.ts';
import { markOpportunityLinesDeleted, markProductsDeleted } from '#src/db/records/product-store.ts';
import { markRegistrationsDeleted } from '#src/db/registrations/registration-store.ts';
import { placeAccounts } from './account.ts';
import { placeContacts } from './contact.ts';
import { placeInvoices } from './invoice.ts';
import { placeLeads } from './lead.ts';
import { placeOpportunities } from './opportunity.ts';
import { placeOpportunityLines } from './opportunity-line.ts';
import type { PlaceContext, PlacingResult, RecordToPlace } from './place-context.ts';
import { placePayouts } from './payout.ts';
import { placeProducts } from './product.ts';
import { placeRegistrations } from './registration.ts';

interface Placer {
  readonly place: (context: PlaceContext, records: readonly RecordToPlace[]) => Promise<PlacingResult>;
  readonly markDeleted: (tx: Db, ids: readonly string[]) => Promise<void>;
}

/** The kinds in the order in which they are placed: a kind refers only to kinds before it. */
export const placers = {
  account: { place: placeAccounts, markDeleted: markAccountsDeleted },
  contact: { place: placeContacts, markDeleted: markContactsDeleted },
  product: { place: placeProducts, markDeleted: markProductsDeleted },
  opportunity: { place: placeOpportunities, markDeleted: markOpportunitiesDeleted },
  opportunity_line: { place: placeOpportunityLines, markDeleted: markOpportunityLinesDeleted },
  lead: { place: placeLeads, markDeleted: markLeadsDeleted },
  registration: { place: placeRegistrations, markDeleted: markRegistrationsDeleted },
  // A payout that is deleted in the CRM is created again by the next plan.
  payout: { place: placePayouts, markDeleted: async () => {} },
  // A file that disappears deletes no invoice: only a credit memo cancels one.
  invoice: { place: placeInvoices, markDeleted: async () => {} },
} as const satisfies Record<string, Placer>;
export type PlacedKind = keyof typeof placers;
