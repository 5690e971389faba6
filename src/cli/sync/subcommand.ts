/** What follows `fairway sync`. */
export interface Subcommand {
  readonly usage: string;
  readonly summary: string;
  /** Names of the options it takes. */
  readonly options: readonly string[];
  /** Returns the exit code. */
  run(
    values: Readonly<Record<string, string | boolean | undefined>>,
    positionals: readonly string[],
  ): Promise<number>;
}
