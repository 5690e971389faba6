import { type Browser, chromium } from 'playwright-core';
import { findCommand } from './find-command.ts';

/** `describe.skipIf(browserPath === null)` around tests that need one. */
export const browserPath: string | null = findCommand(['chromium', 'chromium-browser', 'google-chrome'], 'chromium');

/** The machine's own Chromium, quiet on the network. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  if (browserPath === null) throw new Error('guard the tests with skipIf(browserPath === null)');
  // CI machines are root in a container, where Chromium's sandbox cannot start.
  return chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-background-networking'] });
}
