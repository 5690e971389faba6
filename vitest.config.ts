import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';
import { countReporter } from './test/support/setup/count-reporter.ts';

const postgres = 'test/support/setup/postgres-setup.ts';
const console = 'test/support/setup/console-setup.ts';

/** The projects in the order in which a run starts their files: the longest come first, so that no worker waits for one at the end. */
const order = ['browser', 'simulation', 'faults', 'service', 'database', 'unit'];

/** Tests that need neither a database nor another process, although their folders have tests that do. */
const unitFiles = [
  'test/cli/mapping-files.test.ts',
  'test/db/connections/secrets.test.ts',
  'test/http/api-types.test.ts',
  'test/http/console.test.ts',
  'test/http/connections/crm-record-url.test.ts',
  'test/operations/live-mappings/drift-findings.test.ts',
  'test/operations/mappings/trial/dry-run-rules.test.ts',
  'test/operations/mappings/versions/pack-yaml.test.ts',
  'test/security/spreadsheet-formulas.test.ts',
];

/** Each of these files plays the whole main job several times. */
const playsMainJobs = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/e2e/');

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (a, b) =>
        order.indexOf(a.project.name) - order.indexOf(b.project.name) ||
        Number(playsMainJobs(b)) - Number(playsMainJobs(a)),
    );
  }
}

export default defineConfig({
  test: {
    // As many as CI has cores. With four the run takes as long, and pages become slower than their time limits.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', countReporter],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        // Threads that load a module once for all files: nothing here starts a process or changes the environment.
        test: {
          name: 'unit',
          include: [
            'test/{architecture,config,connectors,domain,mappings,sandbox}/**/*.test.ts',
            ...unitFiles,
          ],
          pool: 'threads',
          isolate: false,
        },
      },
      withDatabase('database', ['test/{db,http,support}/**/*.test.ts'], [postgres]),
      withDatabase('service', ['test/{cli,e2e,operations,queue,security,workers}/**/*.test.ts'], [postgres]),
      withDatabase('simulation', ['test/simulation/**/*.test.ts'], [postgres]),
      // `npm test` leaves these out, because each one plays the whole main job: `npm run simulate` runs them.
      withDatabase('faults', ['test/faults/**/*.test.ts'], [postgres]),
      withDatabase('browser', ['test/browser/**/*.test.ts'], [postgres, console]),
    ],
  },
});

/** Tests in processes, not threads: they start servers, send signals and change the environment. */
function withDatabase(name: string, include: string[], globalSetup: string[]) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude: unitFiles,
      pool: 'forks' as const,
      isolate: false,
      // The first file that needs a snapshot makes it, and others wait for it.
      hookTimeout: 180_000,
      globalSetup,
    },
  };
}
