/** Which lines earn in which component, for which payee, in which bucket, and how much of each is released. */
import {
  addExact,
  divideExact,
  exact,
  exactOne,
  exactZero,
  largerExact,
  multiplyExact,
  smallerExact,
  subtractExact,
  sumExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { BookLine, Document, Memo } from './documents.ts';
import type { Component, Version } from './format.ts';
import { daysFromTo, monthOf, windowOf, type Window } from './months.ts';
import { lineRate } from './rates.ts';
import { percentOf, pooledInto, type Rules } from './rules.ts';

/** A part of a line that a payment has released. */
export interface Part {
  readonly payment: string;
  readonly date: string;
  readonly fraction: Exact;
  readonly fx: Exact;
}

export interface EarningLine {
  readonly component: Component;
  readonly payee: string;
  readonly tierPartner: string;
  readonly tier: string;
  readonly currency: string;
  readonly window: Window;
  /** The version whose restart begins this bucket; null when the window carries on. */
  readonly restart: string | null;
  readonly document: string;
  readonly number: number;
  readonly booking: string;
  readonly product: string | null;
  readonly dealType: string | null;
  readonly registered: boolean;
  readonly x: Exact;
  /** The basis before any conversion, for parts that are converted by the rate of their payment. */
  readonly unconverted: Exact;
  readonly quantity: Exact;
  readonly parts: readonly Part[];
}

/** One line of a document, or one line of a credit memo that counts on its own date. */
interface SourceLine {
  readonly document: Document;
  readonly id: string;
  readonly booking: string;
  readonly line: BookLine;
  readonly memo: Memo | null;
}

interface Recipient {
  readonly payee: string;
  readonly tierPartner: string;
  readonly share: Exact;
}

/** All lines that earn, and with `beforeStart` the lines from before the programme, for baselines. */
export function earningLines(rules: Rules, beforeStart = false): readonly EarningLine[] {
  return sourceLines(rules)
    .filter(({ booking }) => beforeStart || booking >= rules.startsOn)
    .flatMap((source) => linesOfSource(rules, source))
    .toSorted(inLineOrder);
}

export function inLineOrder(a: EarningLine, b: EarningLine): number {
  if (a.booking !== b.booking) return a.booking < b.booking ? -1 : 1;
  if (a.document !== b.document) return a.document < b.document ? -1 : 1;
  if (a.number !== b.number) return a.number - b.number;
  // Two partners of one line are in one bucket after a merge that pools.
  return a.tierPartner < b.tierPartner ? -1 : a.tierPartner > b.tierPartner ? 1 : 0;
}

function sourceLines(rules: Rules): readonly SourceLine[] {
  return rules.papers.documents().flatMap((document) => [
    ...document.lines.map((line) => ({
      document,
      id: document.id,
      booking: document.booking,
      line,
      memo: null,
    })),
    ...document.memos.flatMap((memo) =>
      document.lines
        .filter(({ number }) => memo.parts.some((part) => part.number === number))
        .map((line) => ({ document, id: memo.id, booking: memo.date, line, memo })),
    ),
  ]);
}

function linesOfSource(rules: Rules, source: SourceLine): readonly EarningLine[] {
  const version = rules.versionInForce(source.booking < rules.startsOn ? rules.startsOn : source.booking);
  if (version === null) return [];
  const found: EarningLine[] = [];
  const groups = new Set<string>();
  /** The full amounts that earlier components give a partner on this line, by component and partner. */
  const given = new Map<string, Exact>();
  for (const component of inOrder(version)) {
    if (source.memo !== null && !isSeparateLine(source.memo, source, component)) continue;
    if (!hasSource(rules, source, component)) continue;
    const recipients = recipientsOf(rules, source, component);
    if (recipients.length === 0) continue;
    if (component.exclusive !== undefined) {
      if (groups.has(component.exclusive)) continue;
      groups.add(component.exclusive);
    }
    for (const recipient of recipients) {
      const line = earningLine(rules, source, component, version, recipient, given);
      if (line === null) continue;
      found.push(line);
      if (component.method.type === 'percent' || component.method.type === 'per_unit')
        given.set(
          `${component.code} ${recipient.payee}`,
          lineRate(component, line, line.tier).of(line.x, line.quantity),
        );
    }
  }
  return found;
}

function inOrder({ components }: Version): readonly Component[] {
  return components
    .map((component, place) => ({ component, place, order: component.order ?? place }))
    .toSorted((a, b) => a.order - b.order || a.place - b.place)
    .map(({ component }) => component);
}

function hasSource(rules: Rules, { document }: SourceLine, component: Component): boolean {
  const source = component.source ?? 'invoice';
  if (source !== 'both') return source === document.source;
  if (document.source === 'invoice' || document.saleRef === null) return true;
  return !rules.papers
    .documents()
    .some((one) => one.source === 'invoice' && !one.standaloneMemo && one.saleRef === document.saleRef);
}

/** A memo is a line where the component counts memos by their own date, and counts this one at all. */
function isSeparateLine(memo: Memo, { document, line }: SourceLine, component: Component): boolean {
  if (component.credit !== 'own_date' || !countsInTime(memo, document, component)) return false;
  return memo.parts.some(
    ({ number, net, tax, quantity }) =>
      number === line.number && [net, tax, quantity].some(([numerator]) => numerator !== 0n),
  );
}

/** The payees of a line that pass the conditions of the component. */
function recipientsOf(rules: Rules, source: SourceLine, component: Component): readonly Recipient[] {
  const { document, booking } = source;
  const where = component.where ?? {};
  if (where.products !== undefined && !where.products.includes(source.line.product ?? '')) return [];
  if (where.dealTypes !== undefined && !where.dealTypes.includes(document.dealType ?? '')) return [];
  if (where.registered !== undefined && where.registered !== document.registered) return [];
  if (where.from !== undefined && booking < where.from) return [];
  if (where.to !== undefined && booking > where.to) return [];
  const all: Recipient[] = [];
  if (component.payee === 'person') {
    if (document.person === null) return [];
    const tierPartner = rules.partnerOn(document.partner ?? '', booking);
    all.push({ payee: document.person, tierPartner, share: exactOne });
  } else {
    const shares = new Map<string, Exact>();
    for (const { partner, percent } of document.shares) {
      const now = rules.partnerOn(partner, booking);
      shares.set(now, addExact(shares.get(now) ?? exactZero, percentOf(percent)));
    }
    for (const [partner, share] of shares) all.push({ payee: partner, tierPartner: partner, share });
  }
  const { tiers } = where;
  return tiers === undefined
    ? all
    : all.filter(({ tierPartner }) => tiers.includes(rules.tierOn(tierPartner, booking)));
}

function earningLine(
  rules: Rules,
  source: SourceLine,
  component: Component,
  version: Version,
  { payee, tierPartner, share }: Recipient,
  given: ReadonlyMap<string, Exact>,
): EarningLine | null {
  const { document, booking } = source;
  const converts = component.payIn === 'program' && document.currency !== rules.program.currency;
  const amounts = basisOf(source, component);
  const unconverted = multiplyExact(amounts.basis, share);
  const bookingRate = converts ? rateOfSource(rules, source) : exactOne;
  const parts = partsOf(rules, source, component, converts);
  if (parts === null || (bookingRate === null && component.fxOn !== 'payment')) return null;
  let x = multiplyExact(unconverted, bookingRate ?? exactZero);
  for (const code of component.reducesBy ?? [])
    x = subtractExact(x, given.get(`${code} ${payee}`) ?? exactZero);
  const window = windowOf(component.window ?? 'month', monthOf(booking), rules.yearStartMonth);
  const restart = component.onVersionChange === 'restart' ? version.effective : null;
  return {
    component,
    payee: component.payee === 'person' ? payee : pooledInto(payee, window, rules.merges),
    tierPartner,
    tier: rules.tierOn(tierPartner, booking),
    currency: component.payIn === 'program' ? rules.program.currency : document.currency,
    window: restart === null ? window : { ...window, key: `${window.key}@${restart}` },
    restart,
    document: source.id,
    number: source.line.number,
    booking,
    product: source.line.product,
    dealType: document.dealType,
    registered: document.registered,
    x,
    unconverted,
    quantity: multiplyExact(amounts.quantity, share),
    parts,
  };
}

function rateOfSource(rules: Rules, { document, memo, id, booking }: SourceLine): Exact | null {
  if (memo !== null) return rules.usedRate(id, document.currency, booking);
  const event = rules.papers.known.get(id);
  return event === undefined ? null : rules.bookingRate(id, event);
}

/** The basis and quantity of a line after the credit memos that count against it. */
function basisOf(
  source: SourceLine,
  component: Component,
): { readonly basis: Exact; readonly quantity: Exact } {
  const { line, memo, document } = source;
  const share = percentOf(component.clawbackPercent ?? 100);
  const amount = (part: BookLine) => (component.basis === 'gross' ? addExact(part.net, part.tax) : part.net);
  const credited = (memos: readonly Memo[]) => {
    const parts = memos
      .filter((one) => countsInTime(one, document, component))
      .flatMap((one) => one.parts.filter(({ number }) => number === line.number));
    return {
      basis: multiplyExact(share, sumExact(parts.map(amount))),
      quantity: multiplyExact(share, sumExact(parts.map(({ quantity }) => quantity))),
    };
  };
  if (memo !== null) {
    const less = credited([memo]);
    return { basis: subtractExact(exactZero, less.basis), quantity: subtractExact(exactZero, less.quantity) };
  }
  const less = credited(component.credit === 'own_date' ? [] : document.memos);
  // A memo without its invoice counts with the same part as one that lowers an invoice.
  const part = document.standaloneMemo ? share : exactOne;
  return {
    basis: subtractExact(multiplyExact(part, amount(line)), less.basis),
    quantity: subtractExact(multiplyExact(part, line.quantity), less.quantity),
  };
}

function countsInTime(memo: Memo, document: Document, component: Component): boolean {
  return (
    component.clawbackDays === undefined || daysFromTo(document.booking, memo.date) <= component.clawbackDays
  );
}

/** The released parts of a line; null while the rate of one of them is missing. */
function partsOf(
  rules: Rules,
  source: SourceLine,
  component: Component,
  converts: boolean,
): readonly Part[] | null {
  const parts: Part[] = [];
  for (const { payment, date, fraction } of releasedParts(source, component)) {
    const byPayment = component.fxOn === 'payment' && payment !== '';
    const fx = !converts
      ? exactOne
      : byPayment
        ? rules.usedRate(payment, source.document.currency, date)
        : rateOfSource(rules, source);
    if (fx === null) return null;
    parts.push({ payment, date, fraction, fx });
  }
  return parts;
}

function releasedParts(source: SourceLine, component: Component): readonly Omit<Part, 'fx'>[] {
  const { document, booking, memo } = source;
  const whole = [{ payment: '', date: booking, fraction: exactOne }];
  const release = component.release ?? 'booking';
  if (release === 'booking' || memo !== null || document.source === 'pos' || document.standaloneMemo)
    return whole;
  const total = (lines: readonly BookLine[]) => sumExact(lines.flatMap(({ net, tax }) => [net, tax]));
  const due = subtractExact(total(document.lines), total(document.memos.flatMap(({ parts }) => parts)));
  if (due[0] <= 0n) {
    const inFull =
      document.memos.length === 0 ||
      (percentOf(component.clawbackPercent ?? 100)[0] === 1n &&
        percentOf(component.clawbackPercent ?? 100)[1] === 1n &&
        document.memos.every((one) => countsInTime(one, document, component)));
    return inFull || document.payments.some(({ amount }) => amount[0] > 0n) ? whole : [];
  }
  const parts: Omit<Part, 'fx'>[] = [];
  let paid = exactZero;
  let released = exactZero;
  for (const { id, date, amount } of document.payments) {
    paid = addExact(paid, amount);
    const fraction = smallerExact(exactOne, divideExact(largerExact(exactZero, paid), due));
    parts.push({ payment: id, date, fraction: subtractExact(fraction, released) });
    released = fraction;
  }
  if (release === 'payment') return parts;
  if (released[0] !== 1n || released[1] !== 1n) return [];
  const reachedBy = parts.findLast(({ fraction }) => fraction[0] > 0n);
  return reachedBy === undefined ? [] : [{ ...reachedBy, fraction: exact(1n) }];
}
