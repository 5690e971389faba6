/**
 * A second, naive evaluation of histories of incentives, to compare the product with. It is written from the
 * format alone, computes everything from zero at every close, and shares nothing with the product but exact numbers.
 */
import { parseExact, compareExact, exactOne, exact, divideExact, sumExact } from '#src/domain/exact.ts';
import type { Bucket } from './amounts.ts';
import { calculateAtClose, type Calculation, type Memory } from './calculate.ts';
import { expireFunds, postDifferences, postDue, releaseHeldBack, type Tranche } from './close.ts';
import { dateOf } from './documents.ts';
import type { HistoryCase, HistoryEvent, Program, Share } from './format.ts';
import { Funds } from './funds.ts';
import { inBucketOrder, Journal, type DisputedLine } from './journal.ts';
import { monthsAfter, later, endOfMonth, monthOf } from './months.ts';
import { Payouts } from './payouts.ts';
import { channelOf, reportOf, type Report } from './report.ts';
import { componentNamed, knownVersions, versionInForce } from './rules.ts';

/** The events that are facts: they take part in every later calculation. */
const facts = new Set([
  'invoice',
  'pos',
  'credit',
  'shares',
  'cancel',
  'payment',
  'payment_reversed',
  'tier',
  'fx',
  'program_version',
  'estimate',
  'baseline',
  'merge',
  'adjust',
]);

export interface Outcome {
  readonly periods: readonly Report[];
  readonly payouts: readonly object[];
  readonly refused: readonly number[];
  readonly lines: Readonly<Record<string, readonly object[]>>;
}

/** Plays a history from its first event to its last one. */
export function secondOutcome({
  program,
  events,
  checkLines = [],
}: Pick<HistoryCase, 'program' | 'events' | 'checkLines'>): Outcome {
  const play = new Play(program, checkLines);
  const refused = events.flatMap((event, index) => (play.apply(event) ? [] : [index]));
  return { periods: play.reports, payouts: play.payouts.rows, refused, lines: play.lines };
}

class Play {
  readonly reports: Report[] = [];
  readonly lines: Record<string, readonly object[]> = {};
  readonly payouts: Payouts;
  readonly #program: Program;
  readonly #checkLines: readonly string[];
  readonly #journal: Journal;
  readonly #funds: Funds;
  readonly #known: HistoryEvent[] = [];
  readonly #tranches: Tranche[] = [];
  readonly #memory: Memory = { tiers: new Map(), rates: new Map(), layers: new Map(), additions: [] };
  #open: string;
  #closes = 0;
  #last: Calculation | null = null;

  constructor(program: Program, checkLines: readonly string[]) {
    this.#program = program;
    this.#checkLines = checkLines;
    this.#open = program.firstPeriod;
    this.#journal = new Journal(program);
    this.payouts = new Payouts(program, this.#journal);
    this.#funds = new Funds(this.#journal, program.currency);
  }

  /** False when the event is refused. */
  apply(event: HistoryEvent): boolean {
    if (facts.has(event.type)) {
      if (!this.#accepts(event)) return false;
      this.#known.push(event);
      if (event.type === 'merge')
        this.#journal.merges.push({
          from: event.from ?? '',
          into: event.into ?? '',
          date: dateOf(event),
          pool: (event.windows ?? this.#program.settings?.mergeWindows) === 'pool',
          period: this.#period(event),
        });
      return true;
    }
    return this.#act(event, this.#period(event));
  }

  #period(event: HistoryEvent): string {
    return later(monthOf(dateOf(event)), this.#open);
  }

  #accepts(event: HistoryEvent): boolean {
    if (event.shares !== undefined && !isWhole(event.shares)) return false;
    if (event.type === 'shares') return this.#known.some((one) => isDocument(one) && one.id === event.doc);
    if (event.type === 'adjust') {
      const versions = knownVersions(this.#program, this.#known);
      const version = versionInForce(versions, endOfMonth(event.period ?? ''));
      return componentNamed(version, event.component ?? '') !== null;
    }
    if (event.type !== 'merge') return true;
    const { merges } = this.#journal;
    if (dateOf(event) > event.on || merges.some(({ from }) => from === event.from)) return false;
    let into = event.into;
    while (into !== undefined && into !== event.from) into = merges.find(({ from }) => from === into)?.into;
    return into === undefined;
  }

  #act(event: HistoryEvent, period: string): boolean {
    switch (event.type) {
      case 'close':
        return this.#close(event);
      case 'contract':
        this.#journal.consents.push({
          partner: event.partner ?? '',
          netting: event.netting ?? true,
          period: later(monthOf(event.on), this.#open),
        });
        return true;
      case 'payout':
        return this.payouts.draw(event, period, this.#channels());
      case 'payout_paid':
        return this.payouts.markPaid(event, period);
      case 'payout_returned':
        return this.payouts.markReturned(event, period);
      case 'repayment':
        return this.#reduceReceivable(event, period, 'repaid');
      case 'write_off':
        return this.#reduceReceivable(event, period, 'writtenOff');
      case 'holdback_release':
        releaseHeldBack(
          this.#journal,
          this.#tranches,
          period,
          ({ bucket }) =>
            bucket.component === event.component &&
            this.#journal.holder(bucket.payee, period) === this.#journal.holder(event.partner ?? '', period),
        );
        return true;
      case 'dispute_open':
        return this.#openDispute(event, period);
      case 'dispute_resolved':
        return this.#resolveDispute(event, period);
      case 'mdf_reserve':
        return this.#funds.reserve(event, period);
      case 'mdf_claim':
        return this.#funds.claim(event, period);
      case 'mdf_release':
        return this.#funds.release(event, period);
      default:
        return true;
    }
  }

  #channels(): (bucket: Bucket) => string {
    const last = this.#last;
    return (bucket) => (last === null ? 'payout' : channelOf(last, bucket));
  }

  #close({ period }: HistoryEvent): boolean {
    if (period !== this.#open) return false;
    this.#closes += 1;
    const calculation = calculateAtClose(this.#program, this.#known, period, this.#closes, this.#memory);
    postDifferences(calculation, this.#journal, period);
    postDue(calculation, this.#journal, this.#tranches, period);
    releaseHeldBack(this.#journal, this.#tranches, period, ({ releases }) => releases <= period);
    expireFunds(calculation, this.#journal, period);
    this.#last = calculation;
    const buckets = [...calculation.desired.values()];
    this.#journal.lines = buckets.flatMap(({ bucket, lines }) => lines.map((line) => ({ bucket, ...line })));
    this.reports.push(reportOf(calculation, this.#journal, period));
    if (this.#checkLines.includes(period))
      this.lines[period] = buckets
        .filter(({ lines }) => lines.length > 0)
        .map(({ bucket, lines }) => ({
          component: bucket.component,
          partner: bucket.payee,
          currency: bucket.currency,
          window: bucket.window.key,
          lines: lines.map((line) => [line.document, line.number, Number(line.minor)]),
        }));
    this.#open = monthsAfter(period, 1);
    return true;
  }

  /** A repayment or a write-off goes to the buckets below zero, in their order. */
  #reduceReceivable(event: HistoryEvent, period: string, field: 'repaid' | 'writtenOff'): boolean {
    const payable = this.#journal
      .payables(period, this.#channels())
      .find(
        (one) =>
          one.payee === this.#journal.holder(event.partner ?? '', period) &&
          one.currency === (event.currency ?? this.#program.currency) &&
          one.channel === 'payout',
      );
    let left = BigInt(event.amountMinor ?? 0);
    if (payable === undefined || left > payable.receivable) return false;
    for (const { bucket, balance } of payable.balances.toSorted((a, b) =>
      inBucketOrder(a.bucket, b.bucket),
    )) {
      if (balance >= 0n || left === 0n) continue;
      const part = -balance < left ? -balance : left;
      this.#journal.post(period, bucket, field, part);
      left -= part;
    }
    return true;
  }

  #openDispute(event: HistoryEvent, period: string): boolean {
    let line: DisputedLine | undefined;
    let payee = event.partner;
    while (line === undefined && payee !== undefined) {
      const now: string = payee;
      line = this.#journal.lines.find(
        (one) =>
          one.bucket.component === event.component &&
          one.bucket.payee === now &&
          one.document === event.doc &&
          (event.line === undefined || one.number === event.line),
      );
      payee = this.#journal.merges.find(({ from }) => from === now)?.into;
    }
    if (line === undefined) return false;
    this.#journal.disputes.push({
      id: event.id ?? '',
      document: event.doc ?? '',
      line: event.line ?? null,
      bucket: line.bucket,
      opened: period,
      resolved: null,
    });
    return true;
  }

  #resolveDispute(event: HistoryEvent, period: string): boolean {
    const dispute = this.#journal.disputes.find(({ id }) => id === event.id);
    if (dispute === undefined || dispute.resolved !== null) return false;
    dispute.resolved = period;
    const amount = BigInt(event.adjustMinor ?? 0);
    if (amount !== 0n) this.#memory.additions.push({ bucket: dispute.bucket, date: dateOf(event), amount });
    return true;
  }
}

function isDocument({ type }: HistoryEvent): boolean {
  return type === 'invoice' || type === 'pos' || type === 'credit';
}

function isWhole(shares: readonly Share[]): boolean {
  const sum = sumExact(shares.map(({ percent }) => parseExact(percent)));
  return compareExact(divideExact(sum, exact(100n)), exactOne) === 0;
}
