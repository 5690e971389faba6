import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliverWebhooks } from '#src/operations/notices/deliver-webhooks.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { browserPath, startBrowser } from '#test/support/browser.ts';
import {
  startWebhookReceiver,
  verifiedContent,
  type WebhookReceiver,
} from '#test/support/notices/webhook-receiver.ts';

describe.skipIf(browserPath === null)('webhooks in the console', { timeout: 60_000 }, () => {
  let stack: AsyncDisposableStack;
  let http: HttpTest;
  let receiver: WebhookReceiver;
  let browser: Browser;
  let address: string;
  let page: Page;
  let secret: string;
  let endpointId: string;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    http = stack.use(await startHttp({ now: new Date().toISOString() }));
    receiver = stack.use(await startWebhookReceiver());
    address = await http.app.listen({ host: '127.0.0.1', port: 0 });
    browser = await startBrowser();
    stack.defer(() => browser.close());
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await signIn('admin');
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  async function signIn(role: 'admin' | 'ops'): Promise<void> {
    const { token } = await createLoginLink(http.deps, { email: `${role}@vendor.test`, name: role, role });
    await page.goto(`${address}/sign-in?token=${token}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }

  test('an endpoint is added with the fault at its field, and its secret is shown once', async () => {
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await page.getByText('No endpoint yet').waitFor();
    await page.getByText('No mail server is set, so no e-mail is sent.').waitFor();
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('http://example.com/hooks');
    await dialog.getByLabel('Description').fill('Partner portal');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByText('use https.').waitFor();
    await dialog.getByLabel('Address').fill(receiver.url);
    await dialog.getByRole('button', { name: 'Add' }).click();
    secret = await dialog.getByText(/^whsec_/).innerText();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: receiver.url }).click();
    await page.getByRole('heading', { level: 1, name: 'Partner portal' }).waitFor();
    endpointId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    expect(await page.content()).not.toContain(secret);
  });

  test('a test event arrives with that secret, and the log shows its attempt', async () => {
    await page.getByRole('button', { name: 'Send test event' }).click();
    await page.getByText('A test event is on its way').waitFor();
    await deliverWebhooks(http.deps, { endpointId });
    await page.getByText(/^status 204/).waitFor();
    const [sent] = receiver.received;
    if (sent === undefined) throw new Error('nothing was sent');
    expect(verifiedContent(sent, secret)).toMatchObject({ type: 'fairway.test' });
  });

  test.each([
    { scheme: 'light', width: 1440 },
    { scheme: 'dark', width: 380 },
  ] as const)(
    'the pages are accessible and fit the screen in $scheme at $width px',
    async ({ scheme, width }) => {
      const context = await browser.newContext({
        storageState: await page.context().storageState(),
        colorScheme: scheme,
        viewport: { width, height: 900 },
      });
      const view = await context.newPage();
      for (const [path, heading] of [
        ['/webhooks', 'Webhooks'],
        [`/webhooks/${endpointId}`, 'Partner portal'],
      ] as const) {
        await view.goto(`${address}${path}`);
        await view.getByRole('heading', { level: 1, name: heading }).waitFor();
        await view.getByRole('table').waitFor();
        const { violations } = await new AxeBuilder({ page: view }).analyze();
        expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
        expect(
          await view.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        ).toBeLessThanOrEqual(0);
      }
      await context.close();
    },
  );

  test('operations see the log and no action', async () => {
    await page.context().clearCookies();
    await signIn('ops');
    await page.goto(`${address}/webhooks/${endpointId}`);
    await page.getByRole('table').waitFor();
    expect(await page.getByRole('button', { name: /test event|Rotate|Disable|Redeliver/ }).count()).toBe(0);
  });
});
