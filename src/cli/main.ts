import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '#src/domain/errors.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Command } from './command.ts';
import { connectCommand } from './connect.ts';
import { loginCommand } from './login.ts';
import { mappingsCommand } from './mappings.ts';
import { matchCommand } from './match.ts';
import { migrateCommand } from './migrate.ts';
import { schemaCommand } from './schema.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';
import { syncCommand } from './sync.ts';
import { verifyCommand } from './verify.ts';
import { webhookCommand } from './webhook.ts';

/** `npm run fairway -- COMMAND`: one command a file. */
const commands: Readonly<Record<string, Command>> = {
  start: startCommand,
  serve: serveCommand,
  migrate: migrateCommand,
  login: loginCommand,
  connect: connectCommand,
  sync: syncCommand,
  match: matchCommand,
  mappings: mappingsCommand,
  webhook: webhookCommand,
  schema: schemaCommand,
  verify: verifyCommand,
};

const [name = 'help', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  const known = name === 'help' || name === '--help';
  const write = known ? console.log : console.error;
  if (!known) write(`There is no command “${name}”.\n`);
  write(
    Object.entries(commands)
      .map(([key, one]) => helpFor(key, one))
      .join('\n'),
  );
  process.exitCode = known ? 0 : 2;
} else if (rest.includes('--help') || rest.includes('-h')) {
  console.log(helpFor(name, command));
} else {
  try {
    const { values, positionals } = parseArgs({
      args: rest,
      options: command.options as NonNullable<ParseArgsConfig['options']>,
      allowPositionals: command.positionals,
      strict: true,
    });
    process.exitCode = await command.run(values as Record<string, string | boolean | undefined>, positionals);
  } catch (error) {
    console.error(explain(error, name, command));
    process.exitCode = 1;
  }
}

function helpFor(name: string, { usage, summary }: Command): string {
  return `fairway ${name} ${usage}`.trimEnd() + `\n    ${summary}`;
}

/** What went wrong, and what to do; the stack only for what nobody foresaw. */
function explain(error: unknown, name: string, { usage }: Command): string {
  if (error instanceof AppError) return error.message;
  if (error instanceof ConnectorError)
    return `${error.failure.code}: ${error.failure.message}\n${error.failure.fix}`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('ERR_PARSE_ARGS') && error instanceof Error)
    return `${error.message}\nUsage: fairway ${name} ${usage}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
