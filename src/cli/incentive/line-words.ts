import { divideExact, formatExact, multiplyExact, exact, parseExact } from '#src/domain/exact.ts';
import { remainderOf, type LineProof } from '#src/domain/incentive/proof/line-proof.ts';
import { formatMinor } from '#src/domain/money.ts';

const roundings: Readonly<Record<string, string>> = {
  half_away: 'to the nearest unit, a half away from zero',
  half_even: 'to the nearest unit, a half to the even one',
  down: 'towards zero',
};

/** One earned line in words, a sentence each, with everything that is needed to compute it by hand. */
export function lineWords({ line: proven, period, facts }: LineProof): readonly string[] {
  const { bucket, document, line, partner, amountMinor, trace, rounding } = proven;
  const { component, payee, currency, window } = bucket;
  const money = (minor: string) => `${formatMinor(BigInt(minor), currency)} ${currency}`;
  return [
    `${document}, line ${line}: ${money(amountMinor)} for ${payee} under “${component}”, window ${window.key}, as of ${period}.`,
    ...(partner === payee ? [] : [`  The document names ${partner}.`]),
    `  Booked on ${trace.booking}, under the version of ${trace.version}${trace.tier === null ? '' : `, tier ${trace.tier}`}.`,
    `  Basis ${trace.basis} minor units, quantity ${trace.quantity}.${rateWords(trace)}`,
    ...(trace.segments.length === 0 ? [] : [`  Volume of earlier lines in the window: ${trace.before}.`]),
    ...trace.segments.map((one) => `  From ${one.from}: ${one.part} of it, which gives ${one.amount}.`),
    ...trace.pieces.map(
      ({ date, payment, amount }) =>
        `  Released on ${date}${payment === '' ? ' by the booking' : ` by payment ${payment}`}: ${amount}.`,
    ),
    `  After caps: ${trace.granted} minor units.`,
    `  All lines of the bucket: ${rounding.bucketSum}, rounded ${roundings[rounding.mode] ?? rounding.mode} to ${rounding.bucketMinor}.`,
    `  This line is rounded down; its remainder is ${remainderOf(proven)}${rounding.gotUnit ? `, and it got one of the units left (${rounding.remainder === 'first' ? 'the first lines' : 'the largest remainders'} get them)` : ''}.`,
    ...facts.flatMap(({ seq, hash, payload }) => factWords(seq, hash, payload, document)),
  ];
}

/** The rate of a line whose whole basis was released at one time. */
function rateWords({ basis, pieces, segments }: LineProof['line']['trace']): string {
  const [only] = pieces;
  const whole = parseExact(basis);
  if (only === undefined || pieces.length > 1 || segments.length > 0 || whole[0] === 0n) return '';
  const percent = multiplyExact(divideExact(parseExact(only.amount), whole), exact(100n));
  return ` What is released is ${formatExact(percent)} % of the basis.`;
}

interface FactOfDocument {
  readonly type: string;
  readonly id?: string;
  readonly document?: string;
  readonly of?: string | null;
  readonly version?: number;
}

/** Only the facts about the line's own document. */
function factWords(seq: number, hash: string, payload: unknown, document: string): readonly string[] {
  const { fact } = payload as { readonly fact: FactOfDocument };
  if (![fact.id, fact.document, fact.of].includes(document)) return [];
  const version = fact.version === undefined ? '' : ` version ${fact.version}`;
  return [`  Fact ${seq}: ${fact.type} ${fact.id ?? fact.document ?? ''}${version}, SHA-256 ${hash}.`];
}
