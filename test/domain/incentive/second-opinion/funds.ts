/** Requests for market development funds: reserved, claimed, and what is left of them. */
import type { HistoryEvent } from './format.ts';
import { fundWindow, type Journal } from './journal.ts';

interface Request {
  readonly component: string;
  readonly payee: string;
  readonly currency: string;
  rest: bigint;
}

export class Funds {
  readonly #requests = new Map<string, Request>();
  readonly #journal: Journal;
  readonly #currency: string;

  constructor(journal: Journal, currency: string) {
    this.#journal = journal;
    this.#currency = currency;
  }

  reserve(event: HistoryEvent, period: string): boolean {
    const component = event.component ?? '';
    const payee = this.#journal.holder(event.partner ?? '', period);
    const currency = event.currency ?? this.#currency;
    const minor = BigInt(event.amountMinor ?? 0);
    if (minor > this.#journal.fund('available', component, payee, currency, period)) return false;
    const request = { component, payee, currency, rest: minor };
    this.#requests.set(event.id ?? '', request);
    this.#post(request, period, 'available', -minor);
    this.#post(request, period, 'reserved', minor);
    return true;
  }

  claim(event: HistoryEvent, period: string): boolean {
    const request = this.#requests.get(event.request ?? '');
    const minor = BigInt(event.amountMinor ?? 0);
    if (request === undefined || minor > request.rest) return false;
    request.rest -= minor;
    this.#post(request, period, 'reserved', -minor);
    this.#post(request, period, 'claimed', minor);
    this.#post(request, period, 'claims', minor);
    return true;
  }

  release(event: HistoryEvent, period: string): boolean {
    const request = this.#requests.get(event.request ?? '');
    if (request === undefined || request.rest === 0n) return false;
    this.#post(request, period, 'reserved', -request.rest);
    this.#post(request, period, 'available', request.rest);
    request.rest = 0n;
    return true;
  }

  #post(
    { component, payee, currency }: Request,
    period: string,
    field: 'available' | 'reserved' | 'claimed' | 'claims',
    minor: bigint,
  ): void {
    this.#journal.post(period, { component, payee, currency, window: fundWindow }, field, minor);
  }
}
