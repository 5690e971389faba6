import { UsageError } from '#src/cli/command.ts';

/** @throws UsageError for a text that is not a month */
export function periodArgument(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text))
    throw new UsageError(`“${text}” is not a month. Write it like 2026-10.`);
  return text;
}
