import type { IncentiveFact } from '#src/domain/incentive/engine/facts.ts';
import { addFact } from '#src/domain/incentive/engine/known-facts.ts';
import { balanceHolder, postingPeriod, type Books } from './books.ts';
import { closeBooks, postCalculation } from './close.ts';
import { openDispute, resolveDispute, type DisputedLine } from './dispute.ts';
import { releaseMdf, reserveMdf, useMdf } from './mdf.ts';
import { confirmPayout, payOut, returnPayout, settleDebt } from './pay-out.ts';
import type { PeriodReport } from './period-report.ts';
import { releaseHeld } from './settle.ts';

interface Dated {
  /** The business date. */
  readonly date: string;
}

/** Everything that can happen to the books, in the order in which it was learnt. */
export type BookEvent =
  | { readonly type: 'fact'; readonly fact: IncentiveFact }
  | { readonly type: 'close'; readonly period: string }
  | { readonly type: 'run' }
  | ({ readonly type: 'contract'; readonly partner: string; readonly netting: boolean } & Dated)
  | ({ readonly type: 'payout'; readonly id: string; readonly payees: readonly string[] | null } & Dated)
  | ({
      readonly type: 'payout_paid' | 'payout_returned';
      readonly payout: string;
      readonly payee: string | null;
      readonly currency: string | null;
    } & Dated)
  | ({
      readonly type: 'repayment' | 'write_off';
      readonly partner: string;
      readonly currency: string;
      readonly amountMinor: bigint;
    } & Dated)
  | ({ readonly type: 'holdback_release'; readonly component: string; readonly partner: string } & Dated)
  | ({ readonly type: 'dispute_open' } & DisputedLine & Dated)
  | ({ readonly type: 'dispute_resolved'; readonly id: string; readonly adjustMinor: bigint } & Dated)
  | ({
      readonly type: 'mdf_reserve';
      readonly id: string;
      readonly partner: string;
      readonly component: string;
      readonly currency: string;
      readonly amountMinor: bigint;
    } & Dated)
  | ({ readonly type: 'mdf_claim'; readonly request: string; readonly amountMinor: bigint } & Dated)
  | ({ readonly type: 'mdf_release'; readonly request: string } & Dated);

export interface EventOutcome {
  /** Why the event is refused; a refused event has no effect. */
  readonly refused: string | null;
  /** The report of a close; null for other events. */
  readonly report: PeriodReport | null;
}

/** Applies one event to the books. */
export function applyEvent(books: Books, event: BookEvent): EventOutcome {
  if (event.type === 'close') {
    if (event.period !== books.openPeriod)
      return { refused: `The period to close is ${books.openPeriod}, not ${event.period}.`, report: null };
    return { refused: null, report: closeBooks(books) };
  }
  if (event.type === 'run') postCalculation(books);
  return { refused: refusal(books, event), report: null };
}

function refusal(books: Books, event: Exclude<BookEvent, { type: 'close' }>): string | null {
  if (event.type === 'fact') return addFact(books.known, event.fact);
  if (event.type === 'run') return null;
  const period = postingPeriod(books, event.date);
  switch (event.type) {
    case 'contract':
      books.consents.push({ partner: event.partner, netting: event.netting, period });
      return null;
    case 'payout':
      return payOut(books, event, period);
    case 'payout_paid':
      return confirmPayout(books, event, period);
    case 'payout_returned':
      return returnPayout(books, event, period);
    case 'repayment':
    case 'write_off': {
      const { type: reason, currency, amountMinor } = event;
      const holder = balanceHolder(books, event.partner, period);
      return settleDebt(books, { reason, holder, currency, amountMinor }, period);
    }
    case 'holdback_release':
      releaseHeld(books, event.component, event.partner, period);
      return null;
    case 'dispute_open':
      return openDispute(books, event, period);
    case 'dispute_resolved':
      return resolveDispute(books, event, period);
    case 'mdf_reserve':
      return reserveMdf(books, event, period);
    case 'mdf_claim':
      return useMdf(books, event.request, event.amountMinor, period);
    case 'mdf_release':
      return releaseMdf(books, event.request, period);
  }
}
