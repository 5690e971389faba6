import type { RegistrationRival } from './precedence.ts';
import { relateFamilies } from './families.ts';
import type { RuleContext } from './rules/rule.ts';
import type { PartnerSales, RegistrationFacts, Rival } from './registration.ts';
import { dayOf } from './finding-text.ts';

/** A partner that is known to have sold to the customer or to have registered it. */
export interface Incumbent {
  readonly partnerId: string;
  readonly partnerName: string;
  /** The evidence for the reviewer, such as `last invoiced 2026-03-01`. */
  readonly how: string;
}

/** The known history of a customer before a registration was submitted. */
export interface CustomerHistory {
  /** The first purchase, `YYYY-MM-DD`. Null if no purchase is known. */
  readonly since: string | null;
  readonly incumbents: readonly Incumbent[];
  /** Product families it bought. Null if the family of a purchase is not known. */
  readonly families: readonly string[] | null;
  /** The rival whose match shows that it is the same company. Null if only the name on an invoice does. */
  readonly shownBy: Rival | null;
}

/** One known event in the history of a customer. */
interface HistoryEvent {
  readonly on: string;
  /** The day of the last one, where `on` is the first of several. Null if the customer is one without an end. */
  readonly lastOn: string | null;
  readonly isPurchase: boolean;
  readonly incumbent: Incumbent | null;
  readonly families: readonly string[] | null;
  readonly shownBy: Rival | null;
}

/**
 * Only events from before the registration count: later ones may be the registered deal itself.
 *
 * @param from events whose last day is before this one (`YYYY-MM-DD`) are left out; null for the whole history
 */
export function customerHistory(
  facts: RegistrationFacts,
  rivals: readonly Rival[],
  { today, from }: { readonly today: string; readonly from: string | null },
): CustomerHistory {
  const events = [
    ...rivals.flatMap((rival) => eventOf(rival, today) ?? []),
    ...facts.invoiced.map(invoiceEvent),
  ]
    .filter(({ on }) => on < dayOf(facts.submittedAt))
    .filter(({ lastOn }) => from === null || lastOn === null || lastOn >= from)
    .toSorted(byDay);
  const purchases = events.filter(({ isPurchase }) => isPurchase);
  const families = purchases.map((purchase) => purchase.families);
  const shown = [...purchases, ...events].find(({ shownBy }) => shownBy !== null);
  return {
    since: purchases[0]?.on ?? null,
    incumbents: events.flatMap(({ incumbent }) => incumbent ?? []),
    families: families.every((names) => names !== null) ? [...new Set(families.flat())] : null,
    shownBy: shown?.shownBy ?? null,
  };
}

/** True if the customer is known to have bought only other products than that of the registration. */
export function isOtherProduct(
  { productFamily }: RegistrationFacts,
  { families }: CustomerHistory,
  context: RuleContext,
): boolean {
  if (families === null) return false;
  const relations = families.map((family) => relateFamilies(productFamily, family, context));
  return relations.every((relation) => relation === 'disjoint' || relation === 'sibling');
}

/** True if the rules about a customer's history may use this rival, even without a finding about it. */
export function showsHistory(rival: Rival): boolean {
  return rival.match.verdict === 'same' && rival.kind !== 'opportunity' && rival.kind !== 'lead';
}

function eventOf(rival: Rival, today: string): HistoryEvent | null {
  if (rival.match.verdict !== 'same') return null;
  switch (rival.kind) {
    case 'customer':
      return {
        on: rival.since,
        lastOn: rival.lastOn ?? null,
        isPurchase: true,
        incumbent: null,
        families: rival.families,
        shownBy: rival,
      };
    case 'registration':
      return registrationEvent(rival, today);
    case 'opportunity':
    case 'lead':
      return null;
  }
}

/**
 * An approved registration is a purchase if its opportunity was won. Without an opportunity the outcome is
 * not known, but once its protection has ended the partner counts as the one who had the customer, which the
 * rule about renewals uses.
 */
function registrationEvent(rival: RegistrationRival, today: string): HistoryEvent | null {
  const { status, protectedUntil, outcome, partnerId, partnerName, number, productFamily } = rival;
  if ((status !== 'approved' && status !== 'expired') || protectedUntil === null) return null;
  const isPurchase = outcome === 'won';
  if (!isPurchase && (outcome !== null || protectedUntil >= today)) return null;
  return {
    on: dayOf(rival.submittedAt),
    lastOn: protectedUntil < today ? protectedUntil : today,
    isPurchase,
    incumbent: { partnerId, partnerName, how: `registered as ${number}` },
    families: productFamily === null ? null : [productFamily],
    shownBy: rival,
  };
}

function invoiceEvent({ partnerId, partnerName, firstOn, lastOn }: PartnerSales): HistoryEvent {
  const incumbent = { partnerId, partnerName, how: `last invoiced ${lastOn}` };
  return { on: firstOn, lastOn, isPurchase: true, incumbent, families: null, shownBy: null };
}

function byDay(a: HistoryEvent, b: HistoryEvent): number {
  const key = ({ on, incumbent, shownBy }: HistoryEvent): string =>
    `${on} ${shownBy?.id ?? ''} ${incumbent?.partnerId ?? ''}`;
  return key(a) < key(b) ? -1 : 1;
}
