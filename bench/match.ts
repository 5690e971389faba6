import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workerFlags } from '#src/cli/local/worker-flags.ts';

/**
 * The time to find all possible matches of a company in a large account base, end to end: from the partner's
 * input to every match with its evidence, while accounts change. Eight clients check twenty companies a
 * second, and fifty accounts a second are written. Meanwhile as many clients look up one domain in an index,
 * as often: this floor has the same load, disk and neighbours as the checks, so the ratio of both can be
 * compared between machines. `--accounts N`, `--seconds N`, `--companies FILE.csv` for names made of real
 * ones, `--keep DIR` to load the database once and measure it again and again, `--recall N` companies to look
 * for by differently written names afterwards.
 */
const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '160' },
    companies: { type: 'string' },
    keep: { type: 'string' },
    recall: { type: 'string', default: '300' },
  },
});
const { accounts, seconds, recall, companies, keep } = values;
const folder = keep ?? (await mkdtemp(join(tmpdir(), 'fairway-match-')));
try {
  const given = ['--dir', join(folder, 'postgres'), '--accounts', accounts];
  const shared = companies === undefined ? given : [...given, '--companies', companies];
  const load = await messageOf(start('match/load-process.ts', shared));
  const checks = start('match/checks.ts', [
    ...shared,
    ...['--seconds', seconds, '--recall', recall, '--load', JSON.stringify(load)],
  ]);
  const [exitCode] = await once(checks, 'exit');
  process.exitCode = Number(exitCode ?? 1);
} finally {
  if (keep === undefined) await rm(folder, { recursive: true, force: true });
}

/** Each part runs in a separate process, because the memory of loading is not the memory of the checks. */
function start(file: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: [...workerFlags] });
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit');
  const [message] = await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`loading the database ended with exit code ${code}`);
    }),
  ]);
  await ended;
  return message;
}
