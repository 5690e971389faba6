import { CommanderError } from 'commander';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { AppError, safeErrorMessage } from '#src/domain/errors.ts';
import { exitCodes, UsageError } from './command.ts';
import { environmentFault } from './faults/fault-sentence.ts';
import { runFairway } from './command-line.ts';

const args = process.argv.slice(2);
try {
  process.exitCode = await runFairway(args);
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // Commander has printed its own message, its help or the version.
  if (!(error instanceof CommanderError)) report(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConnectorError) return exitCodes.incomplete;
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

/** Says what went wrong and what to do. Only an unforeseen error shows its stack. */
function report(error: unknown): void {
  console.error(messageOf(error));
  if (!args.includes('--json')) return;
  const code =
    error instanceof AppError
      ? error.code
      : error instanceof ConnectorError
        ? error.failure.code
        : 'internal';
  const message = error instanceof AppError ? error.message : safeErrorMessage(error);
  console.log(JSON.stringify({ error: { code, message } }));
}

function messageOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (error instanceof ConnectorError)
    return `${error.failure.code}: ${error.failure.message}\n${error.failure.fix}`;
  const fault = environmentFault(error);
  if (fault !== null) return fault;
  if (!(error instanceof Error)) return safeErrorMessage(error);
  // A stack begins with the whole message, which may be a statement with customer data.
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line));
  return [safeErrorMessage(error), ...frames].join('\n');
}
