import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createVitest,
  type TestModule,
  type TestSequencer,
  type TestSpecification,
  type Vite,
} from 'vitest/node';
import type { Outcome, Report, Request, Trial } from './messages.ts';
import { applyTo } from './sites.ts';

/**
 * A process that runs many trials in one run of Vitest. A trial is a test file that imports the real ones. What
 * lies between those and the changed file is loaded again for every trial, under a name of its own; everything
 * else is loaded once. So a trial costs little more than its tests.
 */
const [root = '', seed = ''] = process.argv.slice(2);
const folder = join(root, `trials-${process.pid}`);
const trials = new Map<number, Trial>();

const fileOf = (trial: Trial): string => join(folder, `trial-${trial.id}.test.ts`);
const withoutQuery = (moduleId: string): string => moduleId.replace(/\?.*$/, '');
const idIn = (moduleId: string): number => Number(/\btrial[=-](\d+)/.exec(moduleId)?.[1] ?? -1);

const loadsChangedFile: Vite.Plugin = {
  name: 'loads-changed-file',
  enforce: 'pre',
  async resolveId(source, importer = '') {
    const trial = trials.get(idIn(importer));
    if (!trial) return null;
    const resolved = await this.resolve(source, withoutQuery(importer), { skipSelf: true });
    const path = resolved && withoutQuery(resolved.id);
    const isBetween = trial.between.some((file) => join(root, file) === path);
    return isBetween ? `${path}?trial=${trial.id}` : resolved;
  },
  load(moduleId) {
    const trial = trials.get(idIn(moduleId));
    const path = withoutQuery(moduleId);
    if (!trial?.site || path !== join(root, trial.site.file)) return null;
    return applyTo(readFileSync(path, 'utf8'), trial.site);
  },
};

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
    setupFiles: [join(root, 'test/mutation/trial-setup.ts')],
    env: { TRIAL_SEED: seed },
    testTimeout: 20_000,
    reporters: [{ onTestModuleEnd: (module) => report({ type: 'outcome', outcome: outcomeOf(module) }) }],
  },
  { plugins: [loadsChangedFile], logLevel: 'silent' },
);
process.on('message', (request: Request) => void run(request));
process.on('disconnect', () => process.exit());
report({ type: 'ready' });

async function run(request: Request): Promise<void> {
  mkdirSync(folder);
  for (const trial of request.trials) {
    trials.set(trial.id, trial);
    writeFileSync(fileOf(trial), trial.tests.map((test) => `import '${join(root, test)}';\n`).join(''));
  }
  const project = vitest.getRootProject();
  await vitest.runTestSpecifications(
    request.trials.map((trial) => project.createSpecification(fileOf(trial))),
  );
  rmSync(folder, { recursive: true });
  report({ type: 'done' });
}

function outcomeOf(module: TestModule): Outcome {
  const failed = [...module.children.allTests('failed')];
  const errors = [...module.errors(), ...failed.flatMap((test) => test.result().errors ?? [])];
  return {
    id: idIn(module.moduleId),
    passed: module.state() === 'passed',
    durationMs: module.diagnostic().duration,
    message: errors[0]?.message ?? '',
  };
}

function report(message: Report): void {
  process.send?.(message);
}
