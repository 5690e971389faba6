import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDuplicates } from '#src/operations/duplicates/find-duplicates.ts';
import { openReport } from '#src/operations/duplicates/start-duplicates.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { browserPath, startBrowser } from '#test/support/browser.ts';
import { type PlantedAccount, saveCrm } from '#test/support/planted-duplicates.ts';

const plain = {
  customer: 0,
  kind: '',
  domain: null,
  country: 'DE',
  street: null,
  city: null,
  postcode: null,
  phone: null,
};
const accounts: readonly PlantedAccount[] = [
  { ...plain, name: 'Contoso Robotics GmbH', domain: 'contoso.de', phone: '+49 89 63600', city: 'Munich' },
  { ...plain, name: 'CONTOSO ROBOTICS', phone: '089 / 63600' },
  { ...plain, name: 'Contoso Robotics', domain: 'www.contoso.de' },
];

describe.skipIf(browserPath === null)('duplicate accounts in the console', { timeout: 60_000 }, () => {
  let stack: AsyncDisposableStack;
  let http: HttpTest;
  let browser: Browser;
  let address: string;
  let connectionId: string;
  let page: Page;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    http = stack.use(await startHttp({ now: new Date().toISOString() }));
    ({ connectionId } = await saveCrm(http.deps, 'Salesforce', accounts));
    address = await http.app.listen({ host: '127.0.0.1', port: 0 });
    browser = await startBrowser();
    stack.defer(() => browser.close());
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const { token } = await createLoginLink(http.deps, {
      email: 'ops@vendor.test',
      name: 'Olga Ops',
      role: 'ops',
    });
    await page.goto(`${address}/sign-in?token=${token}`);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  test('are looked for with one click, and the page shows that it waits', async () => {
    await page.getByRole('link', { name: 'Duplicates' }).click();
    await page.getByText('Not scanned yet').waitFor();
    await page.getByRole('button', { name: 'Scan for duplicates' }).click();
    await page.getByText('Waiting for a worker').waitFor();
    const reportId = await openReport(http.deps, { connectionId, related: false, personId: null });
    await findDuplicates(http.deps, { reportId }, async () => {});
  });

  test('come with what stays, why, how each other was recognised, and where it opens in the CRM', async () => {
    await page.reload();
    await page.getByText('It is the most complete: 5 fields have a value, the next has 3.').waitFor();
    const other = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { level: 3, name: 'CONTOSO ROBOTICS' }) });
    expect(await other.last().innerText()).toContain('ame phone (+498963600)');
    expect(
      await other
        .last()
        .getByRole('link', { name: /Open in Salesforce/ })
        .getAttribute('href'),
    ).toContain('/lightning/r/Account/001');
    expect(await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href')).toContain(
      connectionId,
    );
  });

  test('that are another company leave their group at once, are listed as marked as different, and come back when that is undone', async () => {
    await page.getByRole('button', { name: 'Another company' }).first().click();
    await page.getByText('is another company').waitFor();
    await expect.poll(async () => page.getByRole('heading', { level: 3 }).count()).toBe(1);
    await page.getByRole('tab', { name: 'Marked as different' }).click();
    await page.getByRole('cell', { name: 'Olga Ops' }).first().waitFor();
    for (let left = await page.getByRole('button', { name: /^Undo: / }).count(); left > 0; left -= 1) {
      await page
        .getByRole('button', { name: /^Undo: / })
        .first()
        .click();
      await expect.poll(async () => page.getByRole('button', { name: /^Undo: / }).count()).toBe(left - 1);
    }
    await page.getByRole('tab', { name: 'Suggested' }).click();
    await expect.poll(async () => page.getByRole('heading', { level: 3 }).count()).toBe(2);
  });

  test.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 380 },
  ] as const)('fit the screen and are accessible, $scheme at $width px', async ({ scheme, width }) => {
    const storageState = await page.context().storageState();
    const context = await browser.newContext({
      storageState,
      colorScheme: scheme,
      viewport: { width, height: 900 },
    });
    const view = await context.newPage();
    await view.goto(`${address}/duplicates`);
    await view.getByRole('heading', { level: 3 }).first().waitFor();
    await view.locator('summary').first().click();
    const { violations } = await new AxeBuilder({ page: view }).analyze();
    expect(
      violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id} ${nodes[0]?.html}`),
    ).toEqual([]);
    expect(
      await view.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
    ).toBeLessThanOrEqual(0);
    await context.close();
  });
});
