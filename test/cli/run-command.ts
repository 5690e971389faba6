import { runFairway } from '#src/cli/command-line.ts';

/**
 * Runs a command of the command line in this process, with its options as values, and returns its exit code.
 */
export function runCommand(
  words: readonly string[],
  options: Readonly<Record<string, string | boolean>> = {},
): Promise<number> {
  const flags = Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  return runFairway([...words, ...flags]);
}
