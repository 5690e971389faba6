import type { insertEvents } from '#src/db/ledger/book-store.ts';
import { contentHash } from '#src/domain/content-hash.ts';
import type { IncentiveFact } from '#src/domain/incentive/engine/facts.ts';
import type { BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import { encodeStored } from '#src/domain/ledger/stored-value.ts';

type NewEvent = Parameters<typeof insertEvents>[1][number];

/** The row of an event, with what it is about and the hash of its content. */
export function eventRow(
  event: BookEvent,
  {
    bookId,
    seq,
    knownAt,
    refused,
  }: {
    readonly bookId: string;
    readonly seq: number;
    readonly knownAt: Date;
    readonly refused: string | null;
  },
) {
  const payload = encodeStored(event);
  const row = {
    bookId,
    seq,
    kind: event.type === 'fact' ? event.fact.type : event.type,
    ref: event.type === 'fact' ? refOfFact(event.fact) : refOfEvent(event),
    version: event.type === 'fact' && 'version' in event.fact ? Math.trunc(event.fact.version) : null,
    businessDate: dateOf(event),
    knownAt,
    payload,
    hash: contentHash(payload),
    refused,
  };
  return row satisfies NewEvent;
}

function refOfFact(fact: IncentiveFact): string | null {
  switch (fact.type) {
    case 'invoice':
    case 'pos':
    case 'credit':
    case 'payment':
      return fact.id;
    case 'shares':
    case 'cancel':
      return fact.document;
    case 'payment_reversed':
      return fact.payment;
    case 'merge':
      return fact.from;
    case 'fx':
      return fact.pair;
    case 'program_version':
      return fact.effective;
    case 'adjust':
    case 'estimate':
    case 'baseline':
    case 'tier':
      return fact.partner;
  }
}

function refOfEvent(event: Exclude<BookEvent, { readonly type: 'fact' }>): string | null {
  switch (event.type) {
    case 'close':
      return event.period;
    case 'run':
      return null;
    case 'contract':
    case 'repayment':
    case 'write_off':
    case 'holdback_release':
      return event.partner;
    case 'payout_paid':
    case 'payout_returned':
      return event.payout;
    case 'mdf_claim':
    case 'mdf_release':
      return event.request;
    case 'payout':
    case 'dispute_open':
    case 'dispute_resolved':
    case 'mdf_reserve':
      return event.id;
  }
}

function dateOf(event: BookEvent): string | null {
  const dated = event.type === 'fact' ? event.fact : event;
  if ('date' in dated) return dated.date;
  if ('from' in dated) return dated.from;
  return 'effective' in dated ? dated.effective : null;
}
