import { buildConsole } from '#src/cli/build-console.ts';
import { browserPath } from './browser.ts';

/** Builds the console once for all browser tests, when its sources have changed. */
export default async function setup(): Promise<void> {
  if (browserPath !== null) await buildConsole((line) => console.log(line));
}
