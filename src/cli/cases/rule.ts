import type { z } from 'zod';
import {
  compareExact,
  exact,
  formatExact,
  multiplyExact,
  parseExact,
  roundExact,
  type Exact,
} from '#src/domain/exact.ts';

/** The figures that a rule gives. Numbers are exact; the case states the fields it checks. */
export type RuleOutcome = Readonly<Record<string, unknown>>;
export type Rule = (rule: unknown, inputs: unknown) => RuleOutcome;
export type RuleTable = Readonly<Record<string, Rule>>;

/** A rule that reads its terms and inputs before it calculates. Unknown values make the case fail. */
export function expectRule<Terms, Inputs>(
  terms: z.ZodType<Terms>,
  inputs: z.ZodType<Inputs>,
  run: (rule: Terms, inputs: Inputs) => RuleOutcome,
): Rule {
  return (rawRule, rawInputs) => run(terms.parse(rawRule), inputs.parse(rawInputs));
}

/** Where the outcome differs from the expected fields, by path. Numbers are compared by value. */
export function outcomeDifferences(expected: unknown, actual: unknown, path = ''): readonly string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || isExact(actual)) return [mismatch(path, expected, actual)];
    if (actual.length !== expected.length) return [mismatch(path, expected, actual)];
    return expected.flatMap((one, place) => outcomeDifferences(one, actual[place], `${path}.${place}`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return [mismatch(path, expected, actual)];
    const fields = new Map<string, unknown>(Object.entries(actual));
    return Object.entries(expected).flatMap(([key, one]) =>
      outcomeDifferences(one, fields.get(key), path === '' ? key : `${path}.${key}`),
    );
  }
  const value = typeof actual === 'bigint' ? ([actual, 1n] as const) : actual;
  if (isExact(value) && (typeof expected === 'string' || typeof expected === 'number'))
    return isStated(value, String(expected)) ? [] : [mismatch(path, expected, actual)];
  return Object.is(expected, actual) ? [] : [mismatch(path, expected, actual)];
}

/** A case with two decimals or more states an amount that was rounded to them. */
function isStated(value: Exact, expected: string): boolean {
  const decimals = expected.split('.')[1]?.length ?? 0;
  if (decimals < 2) return compareExact(value, parseExact(expected)) === 0;
  const unit = exact(10n ** BigInt(decimals));
  const rounded = exact(roundExact(multiplyExact(value, unit), 'half_away'));
  return compareExact(rounded, multiplyExact(parseExact(expected), unit)) === 0;
}

function isExact(value: unknown): value is Exact {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'bigint');
}

function mismatch(path: string, expected: unknown, actual: unknown): string {
  return `${path} is ${shown(actual)}, expected ${JSON.stringify(expected)}`;
}

function shown(value: unknown): string {
  if (isExact(value)) return formatExact(value);
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'missing');
}
