import { extraPrefix, type CanonicalValue, type CanonicalValues } from '#src/domain/record.ts';

/** A filled text; null for everything else, an empty text included. */
export function textOf(value: CanonicalValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function isTrue(value: CanonicalValue | undefined): boolean {
  return value === true;
}

/** The custom fields among these values, by their names without the prefix. */
export function extraOf(values: CanonicalValues): CanonicalValues {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      isExtra(name) ? [[name.slice(extraPrefix.length), value]] : [],
    ),
  );
}

/** True for the name of a custom field. */
export const isExtra = (name: string): boolean => name.startsWith(extraPrefix);
