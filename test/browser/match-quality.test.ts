import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labelMatch } from '#src/operations/matching/label-match.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { browserPath, startBrowser } from '#test/support/browser.ts';
import { seedMatches, type SeededMatches } from '#test/support/match-labels.ts';

describe.skipIf(browserPath === null)('a reviewer in the console', { timeout: 60_000 }, () => {
  let stack: AsyncDisposableStack;
  let http: HttpTest;
  let seeded: SeededMatches;
  let browser: Browser;
  let address: string;
  let page: Page;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    http = stack.use(await startHttp({ now: new Date().toISOString() }));
    seeded = await seedMatches(http.deps, { alerts: 21, clear: 23 });
    address = await http.app.listen({ host: '127.0.0.1', port: 0 });
    browser = await startBrowser();
    stack.defer(() => browser.close());
    const { person } = await createLoginLink(http.deps, {
      email: 'omar@example.com',
      name: 'Omar',
      role: 'ops',
    });
    const say = (registrationId: string, rivalId: string, answer: 'same' | 'different') =>
      labelMatch(http.deps, { registrationId, rivalId, answer, personId: person.id });
    for (const { registrationId, rivalId } of seeded.alerts.slice(1))
      await say(registrationId, rivalId, 'same');
    for (const { registrationId, accountId } of seeded.clear.slice(4))
      await say(registrationId, accountId, 'different');
    page = await signedIn('light', 1440);
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  test('answers a question about a clear registration, and sees what the month’s alerts found and missed', async () => {
    await page.goto(`${address}/match-quality`);
    const month = page.getByRole('row', { name: new RegExp(monthName()) });
    await page.getByText('4 waiting').waitFor();
    expect(await month.getByText('not enough answers yet').count()).toBeGreaterThan(0);
    const first = await page.getByRole('row', { name: /^Name/ }).innerText();

    await page.getByRole('button', { name: 'Another customer' }).click();
    await page.getByText('3 waiting').waitFor();
    expect(await page.getByRole('row', { name: /^Name/ }).innerText()).not.toBe(first);
    await month.getByText('100 %').first().waitFor();
    expect(await month.getByText('not enough answers yet').count()).toBe(0);
    expect(await page.getByRole('img', { name: /Predicted and actual share differ/ }).isVisible()).toBe(true);
  });

  /** Presses a key once its button can be used: while an answer is saved, none can. */
  async function press(key: string): Promise<void> {
    await page.locator(`button[data-key="${key}"]:enabled`).waitFor();
    await page.keyboard.press(key);
  }

  test('skips, answers and undoes by keyboard alone', async () => {
    await page.goto(`${address}/match-quality`);
    const name = () => page.getByRole('row', { name: /^Name/ }).innerText();
    await page.getByText('3 waiting').waitFor();
    const [first] = [await name()];
    await press('n');
    await expect.poll(name).not.toBe(first);
    await press('s');
    await page.getByText('2 waiting').waitFor();
    await page.getByRole('button', { name: 'Undo' }).first().press('Enter');
    await page.getByText('3 waiting').waitFor();
    await press('n');
    await press('n');
    await page.getByRole('heading', { name: 'You skipped all questions' }).waitFor();
    await page.getByRole('button', { name: 'Show them again' }).press('Enter');
    await expect.poll(name).toBe(first);
  });

  test('undoes the last answer, too, after which there was nothing left to ask', async () => {
    await page.goto(`${address}/match-quality`);
    await page.getByText('3 waiting').waitFor();
    for (const left of [2, 1, 0]) {
      await press('a');
      await page.getByText(`${left} waiting`).waitFor();
    }
    await page.getByRole('heading', { name: 'No question is waiting' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('1 waiting').waitFor();
    await page.getByRole('row', { name: /^Name/ }).waitFor();
  });

  test('says of a rival whether it is the same customer, changes it and takes it back; the decision stays open', async () => {
    await page.goto(`${address}/registrations/${seeded.alerts[0]?.registrationId}`);
    const same = page.getByRole('button', { name: 'Same customer' });
    await same.click();
    await page.getByText('olga: Same customer').waitFor();
    expect(await same.getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Same group' }).click();
    await page.getByText('olga: Same group').waitFor();
    await page.getByRole('button', { name: 'Same group' }).click();
    await page.getByText('Your answer does not change this registration').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isVisible()).toBe(true);
  });

  test.each([
    { scheme: 'light', width: 1440 },
    { scheme: 'dark', width: 390 },
  ] as const)('can use both pages in $scheme at $width px', async ({ scheme, width }) => {
    const view = await signedIn(scheme, width);
    for (const path of ['/match-quality', `/registrations/${seeded.alerts[1]?.registrationId}`]) {
      await view.goto(`${address}${path}`);
      await view.getByRole('button', { name: 'Same customer' }).waitFor();
      await view.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
      const { violations } = await new AxeBuilder({ page: view }).analyze();
      expect(
        violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => [id, nodes[0]?.html]),
      ).toEqual([]);
      expect(
        await view.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        'wider than the screen',
      ).toBeLessThanOrEqual(0);
    }
    await view.context().close();
  });

  async function signedIn(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
    const view = await (
      await browser.newContext({ colorScheme, viewport: { width, height: 900 } })
    ).newPage();
    const { token } = await createLoginLink(http.deps, {
      email: 'olga@example.com',
      name: 'olga',
      role: 'ops',
    });
    await view.goto(`${address}/sign-in?token=${token}`);
    await view.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    return view;
  }

  function monthName(): string {
    return new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
      http.deps.clock(),
    );
  }
});
