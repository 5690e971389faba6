import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { browserPath, serveToBrowser } from '#test/support/browser.ts';
import { linkedReview } from '#test/support/queries.ts';
import type { Service } from '#test/support/service.ts';
import { startBootedService } from '#test/support/snapshot.ts';

describe.skipIf(browserPath === null)('an ops admin working the queue in a browser', () => {
  let stack: AsyncDisposableStack;
  let service: Service;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    service = stack.use(await startBootedService());
    ({ address, browser } = await serveToBrowser(stack, service));
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  it.for(['salesforce', 'hubspot'] as const)(
    'approves a conflict and the rep sees the answer on the opportunity in %s',
    { timeout: 60_000 },
    async (vendor) => {
      const { number, partnerName } = await linkedReview(service.deps.db, vendor);
      const page = await browser.newPage();
      await signIn(page);

      await page.goto(`${address}/registrations`);
      await page.getByPlaceholder(/number/i).fill(number);
      await page.getByRole('row', { name: number }).getByText(number).click();
      await page.waitForURL(/registrations\/[\da-f-]{36}$/);
      await page.getByRole('heading', { name: 'Conflict case' }).waitFor();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(number);
      expect(await page.getByText('Same customer').first().isVisible()).toBe(true);

      const waiting = page
        .locator('section', { has: page.getByRole('heading', { name: 'In the CRM' }) })
        .getByRole('link', { name: /open in/i });
      const registration = await browser.newPage();
      await registration.goto((await waiting.first().getAttribute('href')) ?? '');
      const opportunity = await browser.newPage();
      await opportunity.goto(await opportunityAddress(registration));
      expect(await field(registration, 'Status')).toMatch(/^in[_ ]review$/i);
      expect(await field(opportunity, 'Registration status')).toMatch(/^in[_ ]review$/i);

      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByText('Approved').first().waitFor();
      await becomes(registration, 'Status', /^approved$/i);
      await becomes(opportunity, 'Registration status', /^approved$/i);
      expect(await field(opportunity, 'Registered partner')).toBe(partnerName);
      expect(await field(opportunity, 'Protected until')).toMatch(/20\d\d/);
      await Promise.all([page, registration, opportunity].map((one) => one.close()));
    },
  );

  async function signIn(page: Page): Promise<void> {
    const { token } = await createLoginLink(service.deps, {
      email: 'ops@example.com',
      name: 'Olga Ops',
      role: 'ops',
    });
    await page.goto(`${address}/sign-in?token=${token}`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }

  /** The value next to a label on a record page. */
  async function field(page: Page, label: string): Promise<string> {
    return (await page.locator(`dt:text-is("${label}") + dd`).first().innerText()).trim();
  }

  /** The record pages are plain HTML: reload until the write-back has arrived. */
  async function becomes(page: Page, label: string, wanted: RegExp): Promise<void> {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      await page.reload();
      if (wanted.test(await field(page, label))) return;
      await page.waitForTimeout(250);
    }
    throw new Error(`${label} never became ${wanted.source} on ${page.url()}`);
  }

  /** The opportunity a registration's record page links to. */
  async function opportunityAddress(page: Page): Promise<string> {
    const addresses = await page
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => (link as unknown as { href: string }).href));
    return addresses.find((href) => /\/(Opportunity|0-3)\/\w/.test(href)) ?? '';
  }
});
