import type { Environment } from '@marcbachmann/cel-js';
import { readDecimal } from '#mappings/engine/values/decimal.ts';

/** The maximum number of digits, because arithmetic with longer numbers is slow. */
const maxDigits = 1_000;
/** The number of decimals of a division. */
const quotientPlaces = 20;

/** Thrown by arithmetic with an empty number. The result of the expression is then empty. */
export class EmptyNumber extends Error {
  override readonly name = 'EmptyNumber';
}

/** An exact decimal number: `digits` / 10 ** `scale`. Null digits mean an empty field. */
export class Exact {
  readonly #digits: bigint | null;
  readonly #scale: number;

  constructor(digits: bigint | null, scale: number) {
    this.#digits = digits;
    this.#scale = scale;
  }

  /** @param decimal canonical, from `readDecimal`, or null for an empty field */
  static from(decimal: string | null): Exact {
    if (decimal === null) return new Exact(null, 0);
    const [whole = '', fraction = ''] = decimal.split('.');
    if (whole.length + fraction.length > maxDigits)
      throw new RangeError(`a number has more than ${maxDigits} digits`);
    return new Exact(BigInt(whole + fraction), fraction.length);
  }

  get filled(): boolean {
    return this.#digits !== null;
  }

  /** The digits at a scale that is at least the number's scale. */
  at(scale: number): bigint {
    if (this.#digits === null) throw new EmptyNumber('the number is empty');
    return this.#digits * 10n ** BigInt(scale - this.#scale);
  }

  get scale(): number {
    return this.#scale;
  }

  rounded(places: number): Exact {
    if (places >= this.#scale) return this;
    return new Exact(halfUp(this.at(this.#scale), 10n ** BigInt(this.#scale - places)), places);
  }

  toString(): string {
    const decimal = readDecimal(`${this.at(this.#scale)}e-${this.#scale}`);
    if (typeof decimal !== 'string') throw new RangeError('a number is out of range');
    return decimal;
  }
}

/** Rounds half away from zero, as invoices do. */
function halfUp(digits: bigint, by: bigint): bigint {
  const size = digits < 0n ? -digits : digits;
  const rounded = (2n * size + by) / (2n * by);
  return digits < 0n ? -rounded : rounded;
}

const common = (a: Exact, b: Exact): number => Math.max(a.scale, b.scale);

function checked(digits: bigint, scale: number): Exact {
  if (digits.toString().length > maxDigits || scale > maxDigits)
    throw new RangeError(`a number has more than ${maxDigits} digits`);
  return new Exact(digits, scale);
}

function quotient(a: Exact, b: Exact): Exact {
  const scale = common(a, b);
  const dividend = a.at(scale);
  const divisor = b.at(scale);
  if (divisor === 0n) throw new RangeError('a division by zero');
  const negative = dividend < 0n !== divisor < 0n;
  const size = halfUp(abs(dividend) * 10n ** BigInt(quotientPlaces), abs(divisor));
  return new Exact(negative ? -size : size, quotientPlaces);
}
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

const arithmetic: Readonly<Record<string, (a: Exact, b: Exact) => Exact>> = {
  '+': (a, b) => checked(a.at(common(a, b)) + b.at(common(a, b)), common(a, b)),
  '-': (a, b) => checked(a.at(common(a, b)) - b.at(common(a, b)), common(a, b)),
  '*': (a, b) => checked(a.at(a.scale) * b.at(b.scale), a.scale + b.scale),
  '/': quotient,
};
const comparison: Readonly<Record<string, (a: Exact, b: Exact) => boolean>> = {
  '==': (a, b) => a.at(common(a, b)) === b.at(common(a, b)),
  '<': (a, b) => a.at(common(a, b)) < b.at(common(a, b)),
  '<=': (a, b) => a.at(common(a, b)) <= b.at(common(a, b)),
  '>': (a, b) => a.at(common(a, b)) > b.at(common(a, b)),
  '>=': (a, b) => a.at(common(a, b)) >= b.at(common(a, b)),
};

const pairs = [
  ['number', 'number'],
  ['number', 'int'],
  ['int', 'number'],
  ['number', 'double'],
  ['double', 'number'],
] as const;

type Operand = Exact | bigint | number | string;

function exactOf(value: Operand): Exact {
  if (value instanceof Exact) return value;
  const decimal = readDecimal(typeof value === 'bigint' ? String(value) : value);
  if (decimal !== null && typeof decimal !== 'string')
    throw new RangeError(`${JSON.stringify(String(value))} is not a number`);
  return Exact.from(decimal);
}

/** Adds exact numbers to an environment, also in combination with literals such as `2` and `0.15`. */
export function addExactNumbers(env: Environment): void {
  env.registerType('number', Exact);
  for (const [left, right] of pairs) {
    for (const [sign, calculate] of Object.entries(arithmetic))
      env.registerOperator(`${left} ${sign} ${right}: number`, (a: Operand, b: Operand) =>
        calculate(exactOf(a), exactOf(b)),
      );
    for (const [sign, compare] of Object.entries(comparison)) {
      // The library derives the reverse operand order of `==` itself.
      if (sign === '==' && left !== 'number') continue;
      env.registerOperator(`${left} ${sign} ${right}: bool`, (a: Operand, b: Operand) =>
        compare(exactOf(a), exactOf(b)),
      );
    }
  }
  env.registerFunction('number(string): number', exactOf);
  env.registerFunction('number(int): number', exactOf);
  env.registerFunction('number(double): number', exactOf);
  env.registerFunction('string(number): string', (value: Exact) => value.toString());
  env.registerFunction('round(number, int): number', (value: Exact, places: bigint) =>
    value.rounded(Number(places)),
  );
  env.registerFunction('filled(number): bool', (value: Exact) => value.filled);
}
