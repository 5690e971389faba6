/** What every bucket should hold at a cut-off: earned, provided and the amounts of its lines. */
import {
  addExact,
  compareExact,
  floorExact,
  multiplyExact,
  roundExact,
  subtractExact,
  exact,
  sumExact,
  type Exact,
} from '#src/domain/exact.ts';
import { keyOfBucket, bucketOf, expectedRate, piecesOf, type Bucket, type Piece } from './amounts.ts';
import { cappedPieces, type Layers } from './caps.ts';
import { dateOf } from './documents.ts';
import type { Component, HistoryEvent, Program, Rounding } from './format.ts';
import { earningLines, inLineOrder, type EarningLine } from './lines.ts';
import { endOfMonth, monthOf, windowOf } from './months.ts';
import { componentNamed, pooledInto, Rules, type Fixed } from './rules.ts';

export interface LineAmount {
  readonly document: string;
  readonly number: number;
  readonly minor: bigint;
}

export interface Desired {
  readonly bucket: Bucket;
  readonly earned: bigint;
  /** Equal to what is earned for a component without a provision. */
  readonly provided: bigint;
  readonly lines: readonly LineAmount[];
}

/** An amount that a dispute added to a bucket. */
export interface Addition {
  readonly bucket: Bucket;
  readonly date: string;
  readonly amount: bigint;
}

export interface Memory extends Fixed {
  readonly layers: Map<string, Layers>;
  readonly additions: Addition[];
}

export interface Calculation {
  readonly rules: Rules;
  readonly desired: ReadonlyMap<string, Desired>;
}

export function calculateAtClose(
  program: Program,
  events: readonly HistoryEvent[],
  period: string,
  close: number,
  memory: Memory,
): Calculation {
  const rules = new Rules(program, events, endOfMonth(period), memory);
  rules.fixRates();
  rules.fixTiers(period);
  const lines = new Map<string, EarningLine[]>();
  const buckets = new Map<string, Bucket>();
  for (const line of earningLines(rules)) {
    const bucket = bucketOf(line);
    const key = keyOfBucket(bucket);
    buckets.set(key, bucket);
    lines.set(key, [...(lines.get(key) ?? []), line]);
  }
  const adjustments = adjustmentsOf(rules, events, memory.additions);
  for (const { bucket } of adjustments)
    buckets.set(keyOfBucket(bucket), buckets.get(keyOfBucket(bucket)) ?? bucket);
  const pieces = [...buckets].flatMap(([key, bucket]) => piecesOf(rules, bucket, lines.get(key) ?? []));
  const capped = allCapped(rules, pieces, close, memory.layers);
  const desired = new Map<string, Desired>();
  for (const [key, bucket] of buckets) {
    const granted = capped.filter((piece) => keyOfBucket(piece.bucket) === key);
    const added = adjustments
      .filter((one) => keyOfBucket(one.bucket) === key)
      .reduce((sum, { amount }) => sum + amount, 0n);
    desired.set(key, desiredOf(rules, bucket, granted, lines.get(key) ?? [], added, events));
  }
  return { rules, desired };
}

function allCapped(
  rules: Rules,
  pieces: readonly Piece[],
  close: number,
  layers: Map<string, Layers>,
): readonly Piece[] {
  const codes = new Set([...layers.keys(), ...pieces.map(({ bucket }) => bucket.component)]);
  return [...codes].flatMap((code) => {
    const layer = layers.get(code) ?? new Map();
    layers.set(code, layer);
    return cappedPieces(
      rules,
      pieces.filter(({ bucket }) => bucket.component === code),
      layer,
      close,
    );
  });
}

export function roundingOf(rules: Rules, component: Component | null): Rounding {
  return component?.rounding ?? rules.program.settings?.rounding ?? 'half_away';
}

function desiredOf(
  rules: Rules,
  bucket: Bucket,
  pieces: readonly Piece[],
  lines: readonly EarningLine[],
  added: bigint,
  events: readonly HistoryEvent[],
): Desired {
  const component = rules.bucketRules(bucket.component, bucket.window);
  const rounding = roundingOf(rules, component);
  const rounded = roundExact(sumExact(pieces.map(({ amount }) => amount)), rounding);
  const earned = rounded + added;
  return {
    bucket,
    earned,
    provided: component === null ? earned : providedOf(rules, bucket, component, lines, earned, events),
    lines: allocated(pieces, rounded),
  };
}

function providedOf(
  rules: Rules,
  bucket: Bucket,
  component: Component,
  lines: readonly EarningLine[],
  earned: bigint,
  events: readonly HistoryEvent[],
): bigint {
  if (component.provision === undefined) return earned;
  if (monthOf(rules.cutOff) >= bucket.window.last) return earned;
  const estimate = events.findLast(
    (event) =>
      event.type === 'estimate' &&
      event.component === bucket.component &&
      event.partner === bucket.payee &&
      dateOf(event) <= rules.cutOff,
  );
  const [, restart] = bucket.window.key.split('@');
  const tables = restart === undefined ? component : rules.restarted(component.code, restart);
  const rate = expectedRate(rules, tables ?? component, bucket.payee, estimate ?? component.provision);
  const basis = sumExact(lines.map(({ x }) => x));
  const expected = roundExact(multiplyExact(rate, basis), roundingOf(rules, component));
  return expected > earned ? expected : earned;
}

/** Each line gets the floor of its exact amount; units left go to the largest remainders, ties in line order. */
function allocated(pieces: readonly Piece[], rounded: bigint): readonly LineAmount[] {
  const sums: { readonly line: EarningLine; readonly amount: Exact }[] = [];
  for (const { line, amount } of pieces) {
    const place = sums.findIndex((one) => one.line === line);
    const before = sums[place];
    if (before === undefined) sums.push({ line, amount });
    else sums[place] = { line, amount: addExact(before.amount, amount) };
  }
  const floors = sums
    .toSorted((a, b) => inLineOrder(a.line, b.line))
    .map(({ line, amount }) => {
      const floor = floorExact(amount);
      return { line, floor, remainder: subtractExact(amount, exact(floor)) };
    });
  const left = rounded - floors.reduce((sum, { floor }) => sum + floor, 0n);
  const largest = floors.toSorted((a, b) => compareExact(b.remainder, a.remainder)).slice(0, Number(left));
  return floors.map((one) => ({
    document: one.line.document,
    number: one.line.number,
    minor: one.floor + (largest.includes(one) ? 1n : 0n),
  }));
}

/** The adjustments of months and of disputes that the cut-off includes. */
function adjustmentsOf(
  rules: Rules,
  events: readonly HistoryEvent[],
  additions: readonly Addition[],
): readonly Addition[] {
  const found: Addition[] = [];
  for (const event of events) {
    if (event.type !== 'adjust' || dateOf(event) > rules.cutOff) continue;
    const month = event.period ?? '';
    const version = rules.versionInForce(endOfMonth(month));
    const component =
      componentNamed(version, event.component ?? '') ??
      rules.bucketRules(event.component ?? '', { last: month });
    if (component === null) continue;
    const window = windowOf(component.window ?? 'month', month, rules.yearStartMonth);
    const restarts = component.onVersionChange === 'restart' && version !== null;
    const partner = rules.partnerOn(event.partner ?? '', `${month}-01`);
    found.push({
      bucket: {
        component: component.code,
        payee: pooledInto(partner, window, rules.merges),
        currency: event.currency ?? rules.program.currency,
        window: restarts ? { ...window, key: `${window.key}@${version.effective}` } : window,
      },
      date: dateOf(event),
      amount: BigInt(event.amountMinor ?? 0),
    });
  }
  for (const one of additions)
    if (one.date <= rules.cutOff) {
      const payee = pooledInto(one.bucket.payee, one.bucket.window, rules.merges);
      found.push({ ...one, bucket: { ...one.bucket, payee } });
    }
  return found;
}
