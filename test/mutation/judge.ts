import { createHash } from 'node:crypto';
import type { Outcome, Trial } from './messages.ts';
import type { MutatedFile } from './modules.ts';
import { runTrials } from './run-trials.ts';
import type { Site } from './sites.ts';

export interface Verdict {
  readonly site: Site;
  /** A unit test failed, or the mutant did not end. */
  readonly killed: boolean;
  readonly tests: readonly string[];
  /** The message of the first test that failed. */
  readonly message: string;
}

/**
 * The number of test files that a mutant has met after each stage. Most are killed by the first one, and loading the
 * others would take longer than running it.
 */
const stages: readonly number[] = [1, 5, Infinity];

interface Question {
  readonly root: string;
  readonly seed: string;
  readonly files: readonly MutatedFile[];
  readonly onVerdict: (verdict: Verdict) => void;
}

/** Runs the unit tests of each site's file against the mutant. */
export async function judgeSites(
  sites: readonly Site[],
  { root, seed, files, onVerdict }: Question,
): Promise<readonly Verdict[]> {
  const fileOf = new Map(files.map((each) => [each.file, each]));
  const testsOf = (site: Site): readonly string[] => fileOf.get(site.file)?.tests ?? [];
  const settings = { root, seed: numberFrom(seed) };
  const durations = await timeTests([...new Set(sites.flatMap(testsOf))], settings);
  const durationOf = (test: string): number => durations.get(test) ?? 0;

  const trials = sites.map((site, id): Trial => {
    const [nearest, ...others] = testsOf(site);
    const tests = [
      ...(nearest ? [nearest] : []),
      ...others.toSorted((a, b) => durationOf(a) - durationOf(b)),
    ];
    return { id, site, tests, between: fileOf.get(site.file)?.between ?? [] };
  });
  const verdicts: Verdict[] = [];
  const decide = ({ site, tests }: Trial, killed: boolean, message = ''): void => {
    if (!site) return;
    const verdict = { site, killed, tests, message };
    verdicts.push(verdict);
    onVerdict(verdict);
  };
  let open: readonly Trial[] = trials;
  let from = 0;
  for (const to of stages) {
    const failures = new Map<number, string>();
    const staged = open.map((trial) => ({ ...trial, tests: trial.tests.slice(from, to) }));
    await runTrials(
      staged.filter(({ tests }) => tests.length > 0),
      {
        ...settings,
        limitMs: ({ tests }) => 20_000 + 10 * tests.reduce((sum, test) => sum + durationOf(test), 0),
        onOutcome: ({ id, passed, message }) => passed || failures.set(id, message),
      },
    );
    for (const trial of open) {
      const message = failures.get(trial.id);
      if (message !== undefined) decide(trial, true, message);
      else if (trial.tests.length <= to) decide(trial, false);
    }
    open = open.filter(({ id, tests }) => !failures.has(id) && tests.length > to);
    from = to;
  }
  return verdicts;
}

/**
 * The time that each test file needs on the unchanged sources, in milliseconds.
 * @throws Error when one fails: its failure would say nothing about a mutant
 */
async function timeTests(
  tests: readonly string[],
  settings: { readonly root: string; readonly seed: number },
): Promise<ReadonlyMap<string, number>> {
  const outcomes: Outcome[] = [];
  await runTrials(
    tests.map((test, id) => ({ id, site: null, tests: [test], between: [] })),
    { ...settings, limitMs: () => 120_000, onOutcome: (outcome) => outcomes.push(outcome) },
  );
  const failed = outcomes.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const words = failed.map(({ id, message }) => `${tests[id]} fails without any mutant: ${message}`);
    throw new Error(words.join('\n'));
  }
  return new Map(outcomes.map(({ id, durationMs }) => [tests[id] ?? '', durationMs]));
}

/** Any text makes a seed for properties, which want a number. */
function numberFrom(seed: string): number {
  return createHash('sha256').update(seed).digest().readInt32BE();
}
