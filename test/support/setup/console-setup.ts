import { buildConsole } from '#src/cli/local/build-console.ts';
import { browserPath } from '#test/support/browser.ts';

/** Builds the console once for all browser tests, when its sources have changed. */
export default async function setup(): Promise<void> {
  if (browserPath !== null) await buildConsole((line) => console.log(line));
}
