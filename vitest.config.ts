import { defineConfig } from 'vitest/config';
import { countReporter } from './test/support/setup/count-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes, not threads: tests start servers, send signals and change the environment.
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/support/setup/postgres-setup.ts', 'test/support/setup/console-setup.ts'],
    reporters: ['default', countReporter],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
