import { defineConfig } from 'vitest/config';
import { countReporter } from './test/support/setup/count-reporter.ts';

/** Tests that need neither a database nor another process. They run first when only they are wanted: `npm run test:unit`. */
const unit = [
  'test/{architecture,config,connectors,domain,mappings,sandbox}/**/*.test.ts',
  'test/cli/mapping-files.test.ts',
  'test/db/connections/secrets.test.ts',
  'test/http/api-types.test.ts',
  'test/http/console.test.ts',
  'test/http/connections/crm-record-url.test.ts',
  'test/operations/live-mappings/drift-findings.test.ts',
  'test/operations/mappings/trial/dry-run-rules.test.ts',
  'test/operations/mappings/versions/pack-yaml.test.ts',
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', countReporter],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        // Threads that load a module once for all files: nothing here starts a process or changes the environment.
        test: { name: 'unit', include: unit, pool: 'threads', isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'service',
          include: ['test/**/*.test.ts'],
          exclude: unit,
          // Processes, not threads: tests start servers, send signals and change the environment.
          pool: 'forks',
          isolate: false,
          // The first file that needs a snapshot makes it, and others wait for it.
          hookTimeout: 180_000,
          globalSetup: ['test/support/setup/postgres-setup.ts', 'test/support/setup/console-setup.ts'],
        },
      },
    ],
  },
});
