import { type Browser, chromium } from 'playwright-core';
import { buildApp } from '#src/http/app.ts';
import { startWorker } from '#workers/worker.ts';
import { findCommand } from './find-command.ts';
import type { Service } from './service.ts';

/** `describe.skipIf(browserPath === null)` around tests that need one. */
export const browserPath: string | null = findCommand(
  ['chromium', 'chromium-browser', 'google-chrome'],
  'chromium',
);

/** The machine's own Chromium, quiet on the network. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  if (browserPath === null) throw new Error('guard the tests with skipIf(browserPath === null)');
  // CI machines are root in a container, where Chromium's sandbox cannot start.
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-background-networking'],
  });
}

/**
 * The console of a whole service, with a worker, and a browser to look at it; all of it ends with the stack.
 */
export async function serveToBrowser(
  stack: AsyncDisposableStack,
  { deps }: Pick<Service, 'deps'>,
): Promise<{ readonly address: string; readonly browser: Browser }> {
  const app = buildApp(deps);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  stack.defer(async () => app.close());
  stack.use(startWorker(deps, { syncMinutes: 0 }));
  const browser = await startBrowser();
  stack.defer(() => browser.close());
  return { address, browser };
}
