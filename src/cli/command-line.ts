import { readFileSync } from 'node:fs';
import { Command as CommanderCommand } from 'commander';
import { exitCodes, type Command, type CommandTable, type OptionValues } from './command.ts';
import { commands } from './commands.ts';

const prefix = 'npm run fairway --';

const exitCodeHelp = `
Exit codes: ${exitCodes.ok} success · ${exitCodes.failed} failure, or a check that did not pass · ${exitCodes.usage} wrong usage · ${exitCodes.incomplete} incomplete (a CRM was unreachable, out of calls, or refused what Fairway needs) · ${exitCodes.interrupted} interrupted`;

/**
 * Runs one command line in this process and returns its exit code. Only the code of the called command is
 * loaded.
 *
 * @param args what follows `npm run fairway --`
 * @throws CommanderError for wrong usage and, with exit code 0, after help or the version was printed
 * @throws AppError or ConnectorError from the command
 */
export async function runFairway(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = new CommanderCommand('fairway')
    .usage('COMMAND')
    .description('Fairway keeps the promises of a partner channel inside the CRM.')
    .version(version(), '-v, --version')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', `\nHelp for one command: ${prefix} help COMMAND\n${exitCodeHelp}`)
    .showSuggestionAfterError()
    .exitOverride();
  const path = args.filter((arg) => !arg.startsWith('-') && arg !== 'help');
  await addCommands(program, commands, path, (code) => (exitCode = code));
  await program.parseAsync(withoutNestedHelp(args), { from: 'user' });
  return exitCode;
}

/** Commander's `help` knows only one word, so `help connect files` becomes `connect files --help`. */
function withoutNestedHelp(args: readonly string[]): string[] {
  if (args.length === 0) return ['help'];
  return args[0] === 'help' && args.length > 2 ? [...args.slice(1), '--help'] : [...args];
}

/** Adds every command by its name and summary, and the code of the one that `path` names. */
async function addCommands(
  parent: CommanderCommand,
  table: CommandTable,
  [called, ...rest]: readonly string[],
  onExit: (code: number) => void,
): Promise<void> {
  for (const [name, entry] of Object.entries(table)) {
    const command = parent.command(name).summary(entry.summary).description(sentence(entry.summary));
    if (name !== called) continue;
    if ('commands' in entry)
      await addCommands(command.usage('COMMAND'), await entry.commands(), rest, onExit);
    else define(command, await entry.load(), onExit);
  }
}

function define(command: CommanderCommand, definition: Command, onExit: (code: number) => void): void {
  const { arguments: positionals = [], options = [], examples, details } = definition;
  for (const [syntax, description] of positionals) command.argument(syntax, description);
  for (const [flags, description] of options) command.option(flags, description);
  if (details !== undefined) command.description(`${command.description()}\n\n${details}`);
  const lines = examples.map((example) => `  ${prefix} ${example}`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`).action(async () => {
    onExit(await definition.run(valuesOf(command), command.args));
  });
}

/** The options by their long names, as the commands read them. */
function valuesOf(command: CommanderCommand): OptionValues {
  const values: Record<string, string | boolean | undefined> = command.opts();
  return Object.fromEntries(
    command.options.map((option) => {
      const value = values[option.attributeName()];
      // Commander sets the opposite of a `--no-…` switch to false.
      return [option.name(), option.negate ? value === false : value];
    }),
  );
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { readonly version: string }).version;
}
