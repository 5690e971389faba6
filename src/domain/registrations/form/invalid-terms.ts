import { AppError } from '#src/domain/errors.ts';
import { parseMinor } from '#src/domain/money.ts';
import { isBusinessDate } from '#src/domain/period.ts';

type Terms = Readonly<Record<string, string>>;

/** The names of the standard terms whose values no column holds. */
export function invalidTerms(terms: Terms): readonly string[] {
  const checks: Readonly<Record<string, (value: string) => boolean>> = {
    expectedClose: (value) => holds(() => isBusinessDate(value)),
    dealType: (value) => value === 'new' || value === 'renewal',
    currency: (value) => holds(() => parseMinor('0', value) === 0n),
    amount: (value) => holds(() => parseMinor(value, terms['currency']?.trim() || 'EUR') >= 0n),
  };
  return Object.entries(terms)
    .filter(([name, value]) => {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      return value.trim() !== '' && check?.(value.trim()) === false;
    })
    .map(([name]) => name);
}

/** False when the check throws, as it does for a value that it cannot read. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof AppError || error instanceof RangeError) return false;
    throw error;
  }
}
