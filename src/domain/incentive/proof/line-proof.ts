import { contentHash } from '#src/domain/content-hash.ts';
import { floorExact, formatExact, parseExact, sumExact, exact, subtractExact } from '#src/domain/exact.ts';
import type { IncentiveProgram } from '#src/domain/incentive/component.ts';
import { bucketKey, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import {
  calculate,
  type ClosedBefore,
  type DesiredBucket,
  type LineTrace,
} from '#src/domain/incentive/engine/calculate.ts';
import type { IncentiveFact } from '#src/domain/incentive/engine/facts.ts';
import { addFact, noFacts } from '#src/domain/incentive/engine/known-facts.ts';
import { decodeStored } from '#src/domain/ledger/stored-value.ts';

/** A fact with its place among the events of its books. */
export interface ProvenFact {
  readonly seq: number;
  /** SHA-256 of the payload's canonical JSON. */
  readonly hash: string;
  /** The event in the form of `encodeStored`. */
  readonly payload: unknown;
}

/** Everything that is needed to compute one line again. Programme, fixed values and payloads are encoded. */
export interface LineProof {
  readonly format: 'fairway-incentive-proof-1';
  readonly program: unknown;
  readonly facts: readonly ProvenFact[];
  /** The values that closes had fixed, as `[key, value]` lists. */
  readonly fixed: { readonly rates: unknown; readonly tiers: unknown; readonly draws: unknown };
  readonly period: string;
  readonly line: ProvenLine;
}

/** A line with how its bucket was rounded. */
export interface ProvenLine {
  readonly bucket: BucketId;
  readonly document: string;
  readonly line: number;
  readonly partner: string;
  readonly amountMinor: string;
  readonly trace: LineTrace;
  readonly rounding: {
    readonly mode: string;
    readonly remainder: string;
    /** The exact sum of the bucket's lines, and what it is rounded to. */
    readonly bucketSum: string;
    readonly bucketMinor: string;
    /** True when the line got one of the units that rounding all lines down leaves. */
    readonly gotUnit: boolean;
  };
}

/** The lines of a document in these buckets, with how they were rounded. */
export function provenLines(
  { settings }: IncentiveProgram,
  buckets: readonly DesiredBucket[],
  { document, line }: { readonly document: string; readonly line: number | null },
): readonly ProvenLine[] {
  return buckets.flatMap((bucket) => {
    const bucketSum = sumExact(bucket.lines.map(({ trace }) => parseExact(trace.granted)));
    const { component, payee, currency, window } = bucket;
    return bucket.lines
      .filter((one) => one.document === document && (line ?? one.line) === one.line)
      .map((one) => ({
        bucket: { component, payee, currency, window },
        document,
        line: one.line,
        partner: one.partner,
        amountMinor: String(one.amountMinor),
        trace: one.trace,
        rounding: {
          mode: bucket.rules.rounding ?? settings.rounding,
          remainder: settings.remainder,
          bucketSum: formatExact(bucketSum),
          bucketMinor: String(bucket.earnedMinor - bucket.adjustmentsMinor),
          gotUnit: one.amountMinor > floorExact(parseExact(one.trace.granted)),
        },
      }));
  });
}

/** Reasons why a proof is not right; empty when the engine gives the same line from the same facts. */
export function proofFaults(proof: LineProof): readonly string[] {
  const faults = proof.facts
    .filter(({ hash, payload }) => contentHash(payload) !== hash)
    .map(({ seq }) => `Event ${seq} was changed: its content does not have its hash.`);
  const program = decodeStored<IncentiveProgram>(proof.program);
  const known = noFacts(program);
  for (const { seq, payload } of proof.facts) {
    const event = decodeStored<{ readonly fact: IncentiveFact }>(payload);
    const refused = addFact(known, event.fact);
    if (refused !== null) faults.push(`Event ${seq} is refused: ${refused}`);
  }
  const fixed: ClosedBefore = {
    rates: new Map(decodeStored<[]>(proof.fixed.rates)),
    tiers: new Map(decodeStored<[]>(proof.fixed.tiers)),
    draws: new Map(decodeStored<[]>(proof.fixed.draws)),
    buckets: [],
  };
  const { buckets } = calculate(known, fixed, proof.period);
  const found = provenLines(program, buckets, proof.line).find(
    ({ bucket, partner }) =>
      bucketKey(bucket) === bucketKey(proof.line.bucket) && partner === proof.line.partner,
  );
  if (found === undefined) return [...faults, 'The facts give no such line.'];
  if (contentHash(found) !== contentHash(proof.line))
    faults.push(
      found.amountMinor === proof.line.amountMinor
        ? 'The facts give the same amount in another way.'
        : `The facts give ${found.amountMinor} minor units and not ${proof.line.amountMinor}.`,
    );
  return faults;
}

/** The part of the line's exact amount below a whole unit. */
export function remainderOf({ trace }: ProvenLine): string {
  const granted = parseExact(trace.granted);
  return formatExact(subtractExact(granted, exact(floorExact(granted))));
}
