/** One command of the command line. */
export interface Command {
  /** What follows the command's name, e.g. `EMAIL [--role ROLE]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;
  readonly positionals: boolean;
  /**
   * Returns the exit code. Throws `AppError` or `ConnectorError` with words for the person at the terminal.
   */
  run(
    values: Readonly<Record<string, string | boolean | undefined>>,
    positionals: readonly string[],
  ): Promise<number>;
}

export function textOption(value: string | boolean | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
