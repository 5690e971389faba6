import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach } from 'vitest';
import type { Trial } from './messages.ts';
import { applyTo } from './sites.ts';

/**
 * Runs before each trial. The modules between a trial's tests and its site are loaded under a new name, so
 * that the mutant is loaded and everything else stays as it is; Vitest loads modules through Node here.
 */
const settings = JSON.parse(process.env['TRIAL_SETTINGS'] ?? '{}') as {
  seed: number;
  root: string;
  trials: string;
};

const shared = globalThis as { trialHooks?: unknown };
shared.trialHooks ??= hooks();

function hooks() {
  const trials = new Map(
    (JSON.parse(readFileSync(settings.trials, 'utf8')) as Trial[]).map((trial) => [
      trial.id,
      { site: trial.site, between: new Set(trial.between.map(urlOf)) },
    ]),
  );
  const trialOf = (url = '') => {
    const id = /\btrial[=-](\d+)/.exec(url)?.[1];
    const trial = id === undefined ? undefined : trials.get(Number(id));
    return trial && { id, ...trial };
  };
  return registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const trial = trialOf(context.parentURL);
      if (!trial?.between.has(resolved.url)) return resolved;
      return { ...resolved, url: `${resolved.url}?trial=${trial.id}` };
    },
    load(url, context, nextLoad) {
      const site = trialOf(url)?.site;
      const plain = url.replace(/\?.*$/, '');
      if (!site || plain !== urlOf(site.file)) return nextLoad(url, context);
      const source = applyTo(readFileSync(fileURLToPath(plain), 'utf8'), site);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

function urlOf(file: string): string {
  return pathToFileURL(`${settings.root}/${file}`).href;
}

/**
 * One failed test says enough: the rest of the trial is skipped, and no smaller example is looked for.
 * Properties get the seed of the run, so that the same seed kills the same mutants.
 */
fc.configureGlobal({ endOnFailure: true, seed: settings.seed });
let hasFailed = false;
beforeEach(({ skip }) => {
  if (hasFailed) skip();
});
afterEach(({ task }) => {
  if (task.result?.state === 'fail') hasFailed = true;
});
