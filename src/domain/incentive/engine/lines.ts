import {
  addExact,
  divideExact,
  exact,
  exactZero,
  multiplyExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { Eligibility, IncentiveComponent, IncentiveVersion } from '#src/domain/incentive/component.ts';
import { percentAmount } from '#src/domain/incentive/methods/percent.ts';
import { perUnitAmount } from '#src/domain/incentive/methods/per-unit.ts';
import type { RateKeys } from '#src/domain/incentive/methods/rate-row.ts';
import type { DocumentsAsOf } from './documents.ts';
import type { ExchangeRates } from './exchange-rates.ts';
import type { KnownFacts } from './known-facts.ts';
import { partnerOn } from './merged.ts';
import type { ReleasedPart } from './release.ts';
import { sourceLines, type SourceLine } from './source-lines.ts';
import type { PartnerTiers } from './tiers.ts';
import { inOrder, versionOn } from './versions.ts';

/** A part of a line that is released, with its basis at the exchange rate that applies to the part. */
export interface LinePart extends ReleasedPart {
  readonly basis: Exact;
}

/** The share of one payee in one line of a document, under one component. */
export interface IncentiveLine extends RateKeys {
  readonly terms: IncentiveComponent;
  /** The first day of the version whose rules apply. */
  readonly version: string;
  readonly document: string;
  readonly line: number;
  readonly booking: string;
  /** The partner as the document names it. */
  readonly partner: string;
  /** The partner whose tier counts: what `partner` was by the booking date. */
  readonly tierPartner: string;
  /** The partner or the person who earns, before windows are pooled by merges. */
  readonly payee: string;
  readonly currency: string;
  /** In minor units of `currency`, after what other components take off. */
  readonly basis: Exact;
  readonly quantity: Exact;
  readonly parts: readonly LinePart[];
  /** True before the programme starts: the line earns nothing and only counts as a baseline. */
  readonly isHistory: boolean;
}

export interface LineSources {
  readonly known: KnownFacts;
  readonly documents: DocumentsAsOf;
  readonly rates: ExchangeRates;
  readonly tiers: PartnerTiers;
}

/** Every line that a component matches at the cut-off. A line that lacks an exchange rate waits and is left out. */
export function incentiveLines(sources: LineSources): readonly IncentiveLine[] {
  const { known, documents } = sources;
  return documents.live.flatMap((live) =>
    sourceLines(known, live).flatMap((source) => {
      const isHistory = source.booking < known.program.startsOn;
      const version = versionOn(known.versions, isHistory ? known.program.startsOn : source.booking);
      return version === null ? [] : linesUnder(sources, source, version, isHistory);
    }),
  );
}

/** One payee of a document's line. */
interface Participant extends RateKeys {
  readonly partner: string;
  readonly tierPartner: string;
  readonly payee: string;
  readonly share: Exact;
}

/** The full amount that a component gives a payee on a line, for the components that are reduced by it. */
interface Given {
  readonly amount: Exact;
  readonly currency: string;
}

function linesUnder(
  sources: LineSources,
  source: SourceLine,
  version: IncentiveVersion,
  isHistory: boolean,
): readonly IncentiveLine[] {
  const lines: IncentiveLine[] = [];
  const given = new Map<string, Given>();
  const usedGroups = new Set<string>();
  for (const terms of inOrder(version)) {
    if (!hasSource(terms, source, sources.documents)) continue;
    const matching = participants(sources, source, terms).filter((one) =>
      isEligible(terms.where, source, one),
    );
    if (matching.length === 0) continue;
    if (terms.exclusive !== null) {
      if (usedGroups.has(terms.exclusive)) continue;
      usedGroups.add(terms.exclusive);
    }
    for (const participant of matching) {
      const line = lineFor(sources, source, { terms, version, participant, given, isHistory });
      if (line === null) continue;
      lines.push(line);
      const amount = fullAmount(line);
      if (amount !== null) given.set(givenKey(terms.code, participant), { amount, currency: line.currency });
    }
  }
  return lines;
}

function hasSource(
  { source: wanted }: IncentiveComponent,
  source: SourceLine,
  { invoicedSales }: DocumentsAsOf,
): boolean {
  if (source.origin === 'invoice') return wanted !== 'pos';
  if (wanted === 'invoice') return false;
  return wanted === 'pos' || source.saleRef === null || !invoicedSales.has(source.saleRef);
}

function participants(
  { known, tiers }: LineSources,
  source: SourceLine,
  terms: IncentiveComponent,
): readonly Participant[] {
  const { product, dealType, registered, booking } = source;
  const keysOf = (tierPartner: string) => ({
    tier: tiers.tierOn(tierPartner, booking),
    product,
    dealType,
    registered,
  });
  if (terms.payee === 'person') {
    if (source.person === null || source.partner === null) return [];
    const tierPartner = partnerOn(known, source.partner, booking);
    const { person: payee, partner } = source;
    return [{ ...keysOf(tierPartner), partner, tierPartner, payee, share: exact(1n) }];
  }
  const byPayee = new Map<string, Participant>();
  for (const { partner, share } of source.shares) {
    // Two partners that are one by the booking date have one line with both shares.
    const payee = partnerOn(known, partner, booking);
    const other = byPayee.get(payee);
    byPayee.set(payee, {
      ...keysOf(payee),
      partner: other === undefined || partner < other.partner ? partner : other.partner,
      tierPartner: payee,
      payee,
      share: addExact(other?.share ?? exactZero, share),
    });
  }
  return [...byPayee.values()];
}

function isEligible(where: Eligibility, source: SourceLine, { tier }: Participant): boolean {
  const includes = (list: readonly string[] | undefined, value: string | null) =>
    list === undefined || (value !== null && list.includes(value));
  return (
    includes(where.products, source.product) &&
    includes(where.dealTypes, source.dealType) &&
    includes(where.tiers, tier) &&
    (where.registered === undefined || where.registered === source.registered) &&
    (where.from === undefined || where.from <= source.booking) &&
    (where.to === undefined || source.booking <= where.to)
  );
}

interface LineContext {
  readonly terms: IncentiveComponent;
  readonly version: IncentiveVersion;
  readonly participant: Participant;
  readonly given: ReadonlyMap<string, Given>;
  readonly isHistory: boolean;
}

function lineFor(
  { known, rates }: LineSources,
  source: SourceLine,
  { terms, version, participant, given, isHistory }: LineContext,
): IncentiveLine | null {
  const amounts = source.amounts(terms);
  if (amounts === null) return null;
  const currency = terms.payIn === 'program' ? known.program.currency : source.currency;
  const bookingRate = rates.forDocument(source.rateDocument, source.currency, source.booking);
  const parts = source.parts(terms);
  const atPayment = paysAtPaymentRate(terms);
  const partRates = parts.map(({ payment, date }) => {
    if (terms.payIn === 'document') return exact(1n);
    return atPayment && payment !== ''
      ? rates.forPayment({ id: payment, date }, source.currency)
      : bookingRate;
  });
  const rate = terms.payIn === 'document' ? exact(1n) : (bookingRate ?? (atPayment ? exactZero : null));
  if (rate === null || partRates.includes(null)) return null;
  const full = terms.basis === 'gross' ? addExact(amounts.net, amounts.tax) : amounts.net;
  const shared = multiplyExact(full, participant.share);
  const left = terms.reducesBy
    .map((code) => inDocumentCurrency(given.get(givenKey(code, participant)), source.currency, bookingRate))
    .reduce((rest, amount) => subtractExact(rest, amount), shared);
  const basisAt = (exchange: Exact): Exact => multiplyExact(left, exchange);
  return {
    terms,
    version: version.effective,
    document: source.document,
    line: source.line,
    booking: source.booking,
    ...participant,
    currency,
    basis: basisAt(rate),
    quantity: multiplyExact(amounts.quantity, participant.share),
    parts: parts.map((part, place) => ({ ...part, basis: basisAt(partRates[place] ?? exactZero) })),
    isHistory,
  };
}

/** Only amounts of released parts can be converted at each payment's rate. */
function paysAtPaymentRate({ fxOn, method }: IncentiveComponent): boolean {
  if (fxOn !== 'payment') return false;
  if (method.type === 'percent' || method.type === 'per_unit') return true;
  return 'accumulate' in method && method.accumulate === 'released';
}

function givenKey(code: string, { partner, payee }: Participant): string {
  return `${code}|${partner}|${payee}`;
}

/** The amount that an earlier component gives, in the document's currency. */
function inDocumentCurrency(given: Given | undefined, currency: string, rate: Exact | null): Exact {
  if (given === undefined) return exactZero;
  if (given.currency === currency) return given.amount;
  return rate === null || rate[0] === 0n ? exactZero : divideExact(given.amount, rate);
}

/** The full amount by booking, before release and caps; null for methods that need the whole window. */
function fullAmount(line: IncentiveLine): Exact | null {
  const { method } = line.terms;
  if (method.type === 'percent') return percentAmount(method.rates, line, line.basis);
  if (method.type === 'per_unit') return perUnitAmount(method.rates, line, line.quantity);
  return null;
}
