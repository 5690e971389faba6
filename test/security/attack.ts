import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { provideRunContext } from '#test/support/setup/run-context.ts';
import { startTestServer } from '#test/support/setup/postgres-setup.ts';
import { attacks } from './attacks/table.ts';

/**
 * `npm run attack [-- NAME …] [--seed N] [--attempts N]`: runs attacks at full size against a separate
 * database and prints their figures; the last line is JSON. The exit code is 1 when a promise did not hold.
 */
const shownLines = 20;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    attempts: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(attacks, name));
if (options.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no attack named ${unknown.join(', ')}.`);
  for (const [name, { summary, sizes }] of Object.entries(attacks))
    console.log(`${name.padEnd(24)} ${summary} (${sizes.long} attempts)`);
  process.exit(unknown.length > 0 ? 2 : 0);
}
process.exitCode = await runAttacks(positionals.length > 0 ? positionals : Object.keys(attacks));

async function runAttacks(names: readonly string[]): Promise<number> {
  const seed = Number(options.seed);
  const server = await startTestServer();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void server.stop().finally(() => process.exit(1)));
  provideRunContext({ postgresUrl: server.url, runId: server.runId, runFolder: server.folder });
  // The process of the sandbox and the like must not keep this process alive.
  const alive = setInterval(() => {}, 60_000);
  const results: Record<string, object> = {};
  let brokenCount = 0;
  try {
    for (const name of names) {
      const { summary, sizes, run } = attacks[name] ?? unreachable(name);
      const attempts = options.attempts === undefined ? sizes.long : Number(options.attempts);
      console.log(`${name}: ${summary} (${attempts} attempts, seed ${seed})`);
      const startedAt = performance.now();
      const { figures, broken } = await run({ attempts, seed, log: (line) => console.log(`  ${line}`) });
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      for (const [figure, value] of Object.entries({ ...figures, seconds }))
        console.log(`  ${figure.padEnd(32)} ${value}`);
      for (const line of broken.slice(0, shownLines)) console.log(`  BROKEN ${line}`);
      console.log(broken.length === 0 ? '  repelled' : `  ${broken.length} promises broken`);
      results[name] = { attempts, seed, ...figures, seconds, broken: broken.length };
      brokenCount += broken.length;
    }
  } finally {
    clearInterval(alive);
    await server.stop();
  }
  console.log(JSON.stringify(results));
  return brokenCount === 0 ? 0 : 1;
}

function unreachable(name: string): never {
  throw new Error(`There is no attack named ${name}.`);
}
