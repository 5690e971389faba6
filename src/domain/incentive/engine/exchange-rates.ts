import { exact, exactOne, multiplyExact, type Exact } from '#src/domain/exact.ts';
import { currencyExponent } from '#src/domain/money.ts';
import type { DocumentsAsOf } from './documents.ts';
import type { DocumentFact, PaymentFact } from './facts.ts';
import type { KnownFacts } from './known-facts.ts';

/** Rates that closes have fixed, by `pinKey`. */
export type PinnedRates = ReadonlyMap<string, Exact>;

/** Minor units of the programme's currency for one minor unit of a document's, or null without a rate. */
export interface ExchangeRates {
  forDocument(document: DocumentFact, currency: string, booking: string): Exact | null;
  forPayment(payment: Pick<PaymentFact, 'id' | 'date'>, currency: string): Exact | null;
  /** The rates that this calculation fixes, in addition to those before. */
  readonly pins: PinnedRates;
}

/** The rate on a day: the latest that began, and of several that began together the last known. */
function rateOn(known: KnownFacts, currency: string, day: string): Exact | null {
  const target = known.program.currency;
  if (currency === target) return exactOne;
  const pair = `${currency}/${target}`;
  let found: KnownFacts['exchangeRates'][number] | null = null;
  for (const fact of known.exchangeRates)
    if (fact.pair === pair && fact.from <= day && (found === null || fact.from >= found.from)) found = fact;
  return found === null ? null : multiplyExact(found.rate, scale(currency, target));
}

/** Rates are between major units: 1 JPY is one minor unit and 1 USD is a hundred. */
function scale(currency: string, target: string): Exact {
  const decimals = currencyExponent(target) - currencyExponent(currency);
  return decimals >= 0 ? exact(10n ** BigInt(decimals)) : exact(1n, 10n ** BigInt(-decimals));
}

/**
 * The rates at a cut-off. With the setting `pin`, what a document or payment used at a close stays as it is;
 * a reissue with the original booking date uses the rate of the nearest document it replaces.
 */
export function exchangeRatesAt(
  known: KnownFacts,
  { predecessors }: Pick<DocumentsAsOf, 'predecessors'>,
  pinned: PinnedRates,
): ExchangeRates {
  const pins = new Map(pinned);
  const { fxCorrection, reissueDate } = known.program.settings;
  const isPinning = fxCorrection === 'pin';
  const replacedBy = (document: DocumentFact) => (reissueDate === 'original' ? predecessors(document) : []);
  const lookUp = (keys: readonly string[], currency: string, day: string): Exact | null => {
    if (currency === known.program.currency) return exactOne;
    const fixed = isPinning
      ? keys.map((key) => pinned.get(key)).find((rate) => rate !== undefined)
      : undefined;
    const rate = fixed ?? rateOn(known, currency, day);
    const [first] = keys;
    if (isPinning && rate !== null && first !== undefined) pins.set(first, rate);
    return rate;
  };
  return {
    pins,
    forDocument: (document, currency, booking) =>
      lookUp(
        [document, ...replacedBy(document)].map(({ id }) => pinKey('document', id, currency)),
        currency,
        booking,
      ),
    forPayment: (payment, currency) =>
      lookUp([pinKey('payment', payment.id, currency)], currency, payment.date),
  };
}

function pinKey(kind: 'document' | 'payment', id: string, currency: string): string {
  return `${kind}|${currency}|${id}`;
}
