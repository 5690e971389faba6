import fc from 'fast-check';
import { afterEach, beforeEach } from 'vitest';

/**
 * One failed test says enough: the rest of the trial is skipped, and no smaller example is looked for. Properties
 * get the seed of the run, so that the same seed kills the same mutants.
 */
fc.configureGlobal({ endOnFailure: true, seed: Number(process.env['TRIAL_SEED']) });
let hasFailed = false;
beforeEach(({ skip }) => {
  if (hasFailed) skip();
});
afterEach(({ task }) => {
  if (task.result?.state === 'fail') hasFailed = true;
});
