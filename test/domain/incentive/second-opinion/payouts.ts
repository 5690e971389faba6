/** Payouts: what they draw from the buckets, and what becomes of it. */
import type { Bucket } from './amounts.ts';
import type { HistoryEvent, Program } from './format.ts';
import type { Field, Journal } from './journal.ts';

interface Item {
  readonly payee: string;
  readonly currency: string;
  readonly channel: string;
  readonly parts: readonly { readonly bucket: Bucket; readonly minor: bigint }[];
  state: 'inTransit' | 'paid' | 'returned';
}

interface Row {
  readonly payee: string;
  readonly currency: string;
  readonly channel: string;
  readonly amountMinor: number;
}

export class Payouts {
  readonly rows: { readonly id: string; readonly items: readonly Row[]; readonly carried: readonly Row[] }[] =
    [];
  readonly #items = new Map<string, readonly Item[]>();
  readonly #program: Program;
  readonly #journal: Journal;

  constructor(program: Program, journal: Journal) {
    this.#program = program;
    this.#journal = journal;
  }

  /** Draws what is payable. An amount below the minimum is carried. */
  draw(event: HistoryEvent, period: string, channelOf: (bucket: Bucket) => string): boolean {
    const id = event.id ?? '';
    if (this.#items.has(id)) return false;
    const items: Item[] = [];
    const paid: Row[] = [];
    const carried: Row[] = [];
    for (const one of this.#journal.payables(period, channelOf)) {
      const { payee, currency, channel, amount } = one;
      if (channel === 'mdf' || (event.payees !== undefined && !event.payees.includes(payee))) continue;
      const minimum = BigInt(Math.max(1, this.#program.settings?.minimumPayoutMinor?.[currency] ?? 1));
      const row = { payee, currency, channel, amountMinor: Number(amount) };
      if (amount < minimum) {
        if (amount !== 0n) carried.push(row);
        continue;
      }
      const parts = one.balances
        .map(({ bucket, balance, disputed }) => ({ bucket, minor: balance - disputed }))
        .filter(({ minor }) => (one.netting ? minor !== 0n : minor > 0n));
      for (const { bucket, minor } of parts) this.#journal.post(period, bucket, 'inTransit', minor, payee);
      items.push({ payee, currency, channel, parts, state: 'inTransit' });
      paid.push(row);
    }
    this.#items.set(id, items);
    this.rows.push({ id, items: paid, carried });
    return true;
  }

  markPaid(event: HistoryEvent, period: string): boolean {
    const items = this.#chosen(event).filter(({ state }) => state === 'inTransit');
    for (const item of items) {
      this.#move(item, period, 'inTransit', -1n);
      this.#move(item, period, 'paid', 1n);
      item.state = 'paid';
    }
    return items.length > 0;
  }

  markReturned(event: HistoryEvent, period: string): boolean {
    const items = this.#chosen(event).filter(({ state }) => state !== 'returned');
    for (const item of items) {
      this.#move(item, period, item.state === 'paid' ? 'paid' : 'inTransit', -1n);
      item.state = 'returned';
    }
    return items.length > 0;
  }

  #chosen({ payout, payee, currency }: HistoryEvent): readonly Item[] {
    return (this.#items.get(payout ?? '') ?? []).filter(
      (item) =>
        (payee === undefined || item.payee === payee) &&
        (currency === undefined || item.currency === currency),
    );
  }

  #move({ parts, payee }: Item, period: string, field: Field, sign: bigint): void {
    for (const { bucket, minor } of parts) this.#journal.post(period, bucket, field, sign * minor, payee);
  }
}
