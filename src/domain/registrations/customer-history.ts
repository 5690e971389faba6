import type { RegistrationRival } from './precedence.ts';
import type { PartnerSales, RegistrationFacts, Rival } from './registration.ts';
import { day } from './words.ts';

/** A partner the customer is known to have come through, and how that is known. */
export interface Incumbent {
  readonly partnerId: string;
  readonly partnerName: string;
  /** For the reviewer: `last invoiced 2026-03-01`. */
  readonly how: string;
}

/** What is known of a customer from before a claim was made. */
export interface CustomerHistory {
  /** Its first purchase, `YYYY-MM-DD`; null when nothing shows that it has bought. */
  readonly since: string | null;
  readonly incumbents: readonly Incumbent[];
  /** Product families it bought; null when one is not known. */
  readonly families: readonly string[] | null;
  /** Whose match shows that it is the same company; null when only the name on an invoice does. */
  readonly shownBy: Rival | null;
}

/** One thing that is known. */
interface Trace {
  readonly on: string;
  readonly isPurchase: boolean;
  readonly incumbent: Incumbent | null;
  readonly families: readonly string[] | null;
  readonly shownBy: Rival | null;
}

/** What happened since the claim was made is the claim's own business. */
export function customerHistory(
  facts: RegistrationFacts,
  rivals: readonly Rival[],
  today: string,
): CustomerHistory {
  const traces = [
    ...rivals.flatMap((rival) => traceOf(rival, today) ?? []),
    ...facts.invoiced.map(invoiceTrace),
  ]
    .filter(({ on }) => on < day(facts.submittedAt))
    .toSorted(byDay);
  const purchases = traces.filter(({ isPurchase }) => isPurchase);
  const families = purchases.map((purchase) => purchase.families);
  const shown = [...purchases, ...traces].find(({ shownBy }) => shownBy !== null);
  return {
    since: purchases[0]?.on ?? null,
    incumbents: traces.flatMap(({ incumbent }) => incumbent ?? []),
    families: families.every((names) => names !== null) ? [...new Set(families.flat())] : null,
    shownBy: shown?.shownBy ?? null,
  };
}

/**
 * Whether the rules that ask for a customer's history may go by this rival, though none of them speaks of it.
 */
export function showsHistory(rival: Rival): boolean {
  return rival.match.verdict === 'same' && rival.kind !== 'opportunity';
}

function traceOf(rival: Rival, today: string): Trace | null {
  if (rival.match.verdict !== 'same') return null;
  switch (rival.kind) {
    case 'customer':
      return { on: rival.since, isPurchase: true, incumbent: null, families: rival.families, shownBy: rival };
    case 'registration':
      return registrationTrace(rival, today);
    case 'opportunity':
      return null;
  }
}

/**
 * An approved claim is a purchase when its opportunity was won. Where it has none, nobody knows; but the
 * partner did register the customer and was protected, which is what a renewal goes by.
 */
function registrationTrace(rival: RegistrationRival, today: string): Trace | null {
  const { status, protectedUntil, outcome, partnerId, partnerName, number, productFamily } = rival;
  if ((status !== 'approved' && status !== 'expired') || protectedUntil === null) return null;
  const isPurchase = outcome === 'won';
  if (!isPurchase && (outcome !== null || protectedUntil >= today)) return null;
  const incumbent = { partnerId, partnerName, how: `registered as ${number}` };
  return {
    on: day(rival.submittedAt),
    isPurchase,
    incumbent,
    families: productFamily === null ? null : [productFamily],
    shownBy: rival,
  };
}

function invoiceTrace({ partnerId, partnerName, firstOn, lastOn }: PartnerSales): Trace {
  const incumbent = { partnerId, partnerName, how: `last invoiced ${lastOn}` };
  return { on: firstOn, isPurchase: true, incumbent, families: null, shownBy: null };
}

function byDay(a: Trace, b: Trace): number {
  const key = ({ on, incumbent, shownBy }: Trace): string =>
    `${on} ${shownBy?.id ?? ''} ${incumbent?.partnerId ?? ''}`;
  return key(a) < key(b) ? -1 : 1;
}
