import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest, type TestModule, type TestSequencer, type TestSpecification } from 'vitest/node';
import type { Outcome, Report, Request, Trial } from './messages.ts';

/**
 * A process that runs many trials in one run of Vitest. A trial is a test file that imports the real ones;
 * `trial-setup.ts` sees to it that they meet the mutant.
 */
const [root = '', seed = ''] = process.argv.slice(2);
const folder = join(root, `trials-${process.pid}`);
const list = join(folder, 'trials.json');

class InGivenOrder implements TestSequencer {
  sort(files: TestSpecification[]): TestSpecification[] {
    return files;
  }

  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }
}

const vitest = await createVitest(
  'test',
  {
    root,
    config: false,
    watch: false,
    update: false,
    pool: 'threads',
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: InGivenOrder },
    experimental: { viteModuleRunner: false, nodeLoader: false },
    setupFiles: [join(root, 'test/mutation/trial-setup.ts')],
    env: { TRIAL_SETTINGS: JSON.stringify({ seed: Number(seed), root, trials: list }) },
    testTimeout: 20_000,
    reporters: [{ onTestModuleEnd: (module) => report({ type: 'outcome', outcome: outcomeOf(module) }) }],
  },
  { logLevel: 'silent' },
);
process.on('message', (request: Request) => void run(request));
process.on('disconnect', () => process.exit());
report({ type: 'ready' });

async function run({ trials }: Request): Promise<void> {
  mkdirSync(folder);
  writeFileSync(list, JSON.stringify(trials));
  const project = vitest.getRootProject();
  const specifications = trials.map((trial) => project.createSpecification(writeTests(trial)));
  await vitest.runTestSpecifications(specifications);
  rmSync(folder, { recursive: true });
  report({ type: 'done' });
}

/** @returns the path of a test file that imports those of the trial */
function writeTests({ id, tests }: Trial): string {
  const file = join(folder, `trial-${id}.test.ts`);
  writeFileSync(file, tests.map((test) => `import '${join(root, test)}';\n`).join(''));
  return file;
}

function outcomeOf(module: TestModule): Outcome {
  const failed = [...module.children.allTests('failed')];
  const errors = [...module.errors(), ...failed.flatMap((test) => test.result().errors ?? [])];
  return {
    id: Number(/trial-(\d+)/.exec(module.moduleId)?.[1]),
    passed: module.state() === 'passed',
    durationMs: module.diagnostic().duration,
    message: errors[0]?.message ?? '',
  };
}

function report(message: Report): void {
  process.send?.(message);
}
