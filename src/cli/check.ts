import { spawn } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';

/**
 * `npm run check`: everything that can be judged without running the product. Every step runs, so one call
 * names every problem; a step's own words are shown only when it fails. The launcher puts `node_modules/.bin`
 * on PATH.
 */
interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

const steps: readonly Step[] = [
  { name: 'types', run: () => command('tsc', '-p', 'tsconfig.json') },
  // The console has its own TypeScript, because its build tools are not on the server's version yet.
  {
    name: 'types of the console',
    run: () => command('node', 'web/node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web/tsconfig.json'),
  },
  { name: 'lint', run: () => command('oxlint') },
  { name: 'format', run: () => command('oxfmt', '--check') },
  { name: 'unused code and packages', run: () => command('knip', '--no-progress') },
  { name: 'layers', run: () => command('vitest', 'run', 'test/architecture') },
  { name: 'migrations match the schema', run: checkMigrations },
];

function command(program: string, ...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ passed: exitCode === 0, output }));
  });
}

/**
 * Lets drizzle-kit write the next migration into a copy: it finds something to write when somebody forgot to.
 */
async function checkMigrations(): Promise<Outcome> {
  // Relative, because drizzle-kit takes an absolute folder for one below the current one.
  const copy = '.fairway/check-migrations';
  rmSync(copy, { recursive: true, force: true });
  cpSync('migrations', copy, { recursive: true });
  try {
    const { passed, output } = await command(
      'drizzle-kit',
      ...['generate', '--dialect=postgresql', '--schema=./src/db/schema/*.ts', `--out=./${copy}`],
    );
    const known = readdirSync('migrations');
    const forgotten = readdirSync(copy).filter((file) => !known.includes(file));
    if (!passed || forgotten.length === 0) return { passed, output };
    return {
      passed: false,
      output:
        'The schema has changes without a migration. Run: npx drizzle-kit generate --name what-changes\n',
    };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const failed: string[] = [];
for (const { name, run } of steps) {
  const startedAt = performance.now();
  const { passed, output } = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  if (passed) continue;
  console.log(output);
  failed.push(name);
}
console.log(
  failed.length === 0
    ? `All ${steps.length} checks passed.`
    : `${failed.length} of ${steps.length} checks failed: ${failed.join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
