import type { Browser, BrowserContext, Page } from 'playwright-core';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { browserPath, startBrowser } from '#test/support/browser.ts';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';

describe.skipIf(browserPath === null)('getting around in the console', { timeout: 60_000 }, () => {
  let stack: AsyncDisposableStack;
  let http: HttpTest;
  let data: ConsoleData;
  let browser: Browser;
  let address: string;
  let context: BrowserContext;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    http = stack.use(await startHttp({ now: new Date().toISOString() }));
    data = await seedConsole(http.deps);
    address = await http.app.listen({ host: '127.0.0.1', port: 0 });
    browser = await startBrowser();
    stack.defer(() => browser.close());
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(await signInLink('admin'));
    await heading(page, 'Overview');
    await page.close();
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  test('leads to the page that was asked for after signing in by a link in another tab', async () => {
    const visitor = await browser.newContext();
    const page = await visitor.newPage();
    await page.goto(`${address}/registrations?status=approved`);
    await heading(page, 'Sign in');
    const tab = await visitor.newPage();
    await tab.goto(await signInLink('viewer'));
    await heading(tab, 'Registrations');
    expect(tab.url()).toBe(`${address}/registrations?status=approved`);
    await visitor.close();
  });

  test('leads to sign-in and back when the session ends on a page', async () => {
    const visitor = await browser.newContext();
    const page = await visitor.newPage();
    await page.goto(await signInLink('viewer'));
    await heading(page, 'Overview');
    await page.goto(`${address}/payouts`);
    await heading(page, 'Payouts');
    await visitor.clearCookies();
    await page.getByRole('link', { name: /Registrations/ }).click();
    await heading(page, 'Sign in');
    await page.goto(await signInLink('viewer'));
    await heading(page, 'Registrations');
    await visitor.close();
  });

  test('leads from a registration back to the list as it was filtered', async () => {
    const page = await context.newPage();
    await page.goto(`${address}/registrations?status=approved&sort=newest`);
    await page.getByRole('link', { name: 'DR-2026-0001' }).click();
    await heading(page, 'DR-2026-0001');
    await page.reload();
    await heading(page, 'DR-2026-0001');
    await page.locator('main').getByRole('link', { name: 'Registrations', exact: true }).click();
    await heading(page, 'Registrations');
    expect(page.url()).toBe(`${address}/registrations?status=approved&sort=newest`);
    await page.close();
  });

  test('says that it is offline instead of loading for ever, and goes on when it is online again', async () => {
    const page = await context.newPage();
    await page.goto(`${address}/registrations?status=all`);
    await page.getByRole('link', { name: 'DR-2026-0001' }).click();
    await heading(page, 'DR-2026-0001');
    await page.goBack();
    await page.getByRole('link', { name: 'DR-2026-0002' }).waitFor();
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await page.getByRole('link', { name: 'DR-2026-0002' }).click();
    await page.getByRole('heading', { name: 'Loading failed' }).waitFor();
    await context.setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Try again' }).click();
    await heading(page, 'DR-2026-0002');
    await page.close();
  });

  test.each([768, 1024, 1280, 1440])(
    'shows whole tables at %i px, whatever the length of names',
    async (width) => {
      await http.deps.db.execute(
        sql`update partner set name = repeat('Donaudampfschifffahrtsgesellschaft', 4)`,
      );
      await http.deps.db.execute(
        sql`update registration set customer_name = repeat('Rindfleischetikettierung', 6), customer_domain = repeat('langedomain', 12) || '.example'`,
      );
      const page = await context.newPage();
      await page.setViewportSize({ width, height: 900 });
      for (const path of [
        '/registrations',
        '/registrations?status=approved',
        `/registrations/${data.registrationIds.get('DR-2026-0002')}`,
      ]) {
        await page.goto(`${address}${path}`);
        await page.getByText('Rindfleischetikettierung').first().waitFor();
        const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('main, main *')]
        .filter((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1 && one.getAttribute('role') !== 'tablist')
        .map((one) => one.className + ' ' + one.scrollWidth + ' > ' + one.clientWidth)`);
        const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect({ path, cut, beyond }).toEqual({ path, cut: [], beyond: 0 });
      }
      await page.close();
    },
  );

  test('shows a viewer no button that the service refuses', async () => {
    const viewing = await browser.newContext();
    const page = await viewing.newPage();
    await page.goto(await signInLink('viewer'));
    await heading(page, 'Overview');
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() === 403) refused.push(`${response.request().method()} ${response.url()}`);
    });
    const pressAll =
      "document.querySelectorAll('main button:enabled, [role=dialog] button:enabled').forEach((one) => one.click())";
    for (const path of viewerPages(data)) {
      await page.goto(`${address}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
      // The second time presses what the first has opened.
      for (const _ of [1, 2]) {
        await page.evaluate(pressAll);
        await page.waitForLoadState('networkidle');
      }
    }
    expect(refused).toEqual([]);
    await viewing.close();
  });

  async function heading(page: Page, name: string): Promise<void> {
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  async function signInLink(role: 'admin' | 'viewer'): Promise<string> {
    const { token } = await createLoginLink(http.deps, { email: `${role}@vendor.test`, name: role, role });
    return `${address}/sign-in?token=${token}`;
  }
});

function viewerPages({ registrationIds, salesforceId, hubspotId }: ConsoleData): string[] {
  return [
    '/',
    '/registrations',
    `/registrations/${registrationIds.get('DR-2026-0002')}`,
    '/payouts',
    '/problems',
    '/conflicts',
    '/match-quality',
    '/duplicates',
    '/mappings',
    '/connections',
    `/connections/${salesforceId}`,
    `/connections/${hubspotId}`,
    '/account',
  ];
}
