import { AppError } from '#src/domain/errors.ts';

/** Options by their long name without the dashes: text for `--name <value>`, true for a switch. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** One command of the command line, in a separate file. */
export interface Command {
  /** In commander's notation: `<required>`, `[optional]`, each with a description. */
  readonly arguments?: readonly (readonly [syntax: string, description: string])[];
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** What follows `npm run fairway --`. At least one, because people copy them. */
  readonly examples: readonly string[];
  /** Shown below the summary in the command's own help. */
  readonly details?: string;
  /**
   * Returns the exit code. Throws `AppError` or `ConnectorError` with a message for the person who called it.
   */
  run(values: OptionValues, positionals: readonly string[]): Promise<number>;
}

/**
 * An entry of the table of commands. `load` imports the code of a command only when it is called, so that
 * help does not load the database, the queue and every vendor's client.
 */
export type CommandEntry =
  | { readonly summary: string; readonly load: () => Promise<Command> }
  | { readonly summary: string; readonly commands: () => Promise<CommandTable> };

export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** The exit codes of every command. */
export const exitCodes = {
  ok: 0,
  /** It failed, or what it checks is not in order. */
  failed: 1,
  /** The command was called wrongly: an unknown option, a missing argument, a value that cannot be meant. */
  usage: 2,
  /** A vendor could not be asked for everything, or refused what Fairway needs. Follow the message, then run it again. */
  incomplete: 3,
  /** Ctrl-C or a signal ended it. */
  interrupted: 130,
} as const;

/** The command was called wrongly. */
export class UsageError extends AppError {
  constructor(message: string) {
    super('bad_request', message);
  }
}

export const jsonOption = ['--json', 'print the result as JSON'] as const;
export const connectionOption = ['--connection <name>', 'only this connection'] as const;

export function textOption(value: string | boolean | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** @throws UsageError when the option is missing or blank */
export function requiredOption(values: OptionValues, name: string): string {
  const value = textOption(values[name])?.trim();
  if (!value) throw new UsageError(`--${name} is missing.`);
  return value;
}

/** Prints `value` as one line of JSON with `--json`, otherwise the lines. */
export function printResult(values: OptionValues, value: unknown, lines: readonly string[]): void {
  if (values['json'] === true) console.log(JSON.stringify(value));
  else for (const line of lines) console.log(line);
}
