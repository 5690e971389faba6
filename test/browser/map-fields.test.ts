import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { browserPath, serveToBrowser } from '#test/support/browser.ts';
import { dealsInCrm, type DealFields } from '#test/support/crm-deals.ts';
import { startService, type Service } from '#test/support/service.ts';

const crms = ['salesforce', 'hubspot'] as const;
type Crm = (typeof crms)[number];
const objects = { salesforce: 'Opportunity', hubspot: 'deals' } as const;

/** Five custom fields of five types, with their defaults. */
const fields = [
  {
    label: 'Budget Status',
    theirs: { salesforce: 'Budget_Status__c', hubspot: 'budget_status' },
    blank: 'Waiting',
  },
  { label: 'Budget Code', theirs: { salesforce: 'Budget_Code__c', hubspot: 'budget_code' }, blank: 'NONE-1' },
  { label: 'Budget Units', theirs: { salesforce: 'Budget_Units__c', hubspot: 'budget_units' }, blank: '7' },
  {
    label: 'Security Code',
    theirs: { salesforce: 'Security_Code__c', hubspot: 'security_code' },
    blank: 'NONE-2',
  },
  {
    label: 'Security Due',
    theirs: { salesforce: 'Security_Due__c', hubspot: 'security_due' },
    blank: '2026-12-31',
  },
] as const;

describe.skipIf(browserPath === null)('two people who have never seen the mapping editor', () => {
  let stack: AsyncDisposableStack;
  let service: Service;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    service = stack.use(await startService({ customFields: 60 }));
    await service.runJob();
    ({ address, browser } = await serveToBrowser(stack, service));
  }, 180_000);
  afterAll(() => stack.disposeAsync());

  it.for(crms)(
    'map five of sixty custom fields of %s both ways, try them on a record, publish and backfill in at most 25 clicks on one page, and the CRM has the values',
    { timeout: 180_000 },
    async (crm) => {
      const names = fields.map((field) => field.theirs[crm]);
      const before = await dealsInCrm(service, crm, names);
      const editor = await open(crm, 'olga', 'Olga Ops');
      const [clicks, page] = [{ count: 0 }, editor.url()];
      const click = async (target: Locator) => {
        clicks.count += 1;
        await target.click();
      };

      for (const { label, blank } of fields) {
        await editor.keyboard.press('Escape');
        await editor
          .getByRole('textbox', { name: /^Search .* fields$/ })
          .first()
          .fill(label);
        await click(editor.getByRole('button', { name: `Map both ways: ${label}` }));
        const fallback = editor.getByLabel('Default when blank').and(editor.locator('input'));
        await click(fallback);
        await fallback.fill(blank);
        // Selects the typed value in a picklist; does nothing in a text field.
        await editor.keyboard.press('ArrowDown');
        await editor.keyboard.press('Enter');
      }
      await saved(editor);
      expect(await serious(editor)).toEqual([]);

      await click(editor.getByLabel('Record', { exact: true }).and(editor.locator('input')));
      await click(editor.getByRole('option').nth(1));
      const inbound = editor
        .getByRole('complementary')
        .getByRole('listitem')
        .filter({ hasText: 'Budget Code' });
      await inbound.first().waitFor();
      expect(await editor.getByRole('complementary').getByText('Budget Code').count()).toBeGreaterThan(0);

      await click(editor.getByRole('button', { name: 'Run on all records' }).first());
      await click(editor.getByRole('complementary').getByRole('button', { name: 'Run on all records' }));
      await editor.getByText('records checked').waitFor({ timeout: 90_000 });
      await click(editor.getByRole('button', { name: 'Submit for approval', exact: true }));
      await editor.getByText('is synced both ways with').first().waitFor();
      await click(editor.getByRole('dialog').getByRole('button', { name: 'Submit for approval' }));
      await editor.getByText(/waits for approval\./).waitFor();

      const approver = await open(crm, 'piet', 'Piet Peer');
      await click(approver.getByRole('button', { name: 'Approve', exact: true }));
      await click(approver.getByRole('button', { name: 'Approve and publish' }));
      await approver
        .getByText(/is live\./)
        .first()
        .waitFor();

      await click(editor.getByRole('button', { name: /^Backfill [\d,]+ records$/ }));
      await click(editor.getByRole('button', { name: 'Start the backfill' }));
      await editor.getByText(/[\d,]+ written to the CRM\.$/).waitFor({ timeout: 120_000 });

      expect(clicks.count, 'clicks of both people').toBeLessThanOrEqual(25);
      expect([editor.url(), approver.url()]).toEqual([page, page]);
      await expect
        .poll(() => dealsInCrm(service, crm, names), { timeout: 60_000, interval: 1_000 })
        .toEqual(withDefaults(before, crm));
      await Promise.all([editor, approver].map((one) => one.context().close()));
    },
  );

  it(
    'lose nothing by a reload, hear who was quicker, and need neither a mouse nor a large screen',
    { timeout: 120_000 },
    async () => {
      const olga = await open('salesforce', 'olga', 'Olga Ops', 'Account');
      await olga.keyboard.press('/');
      await olga.keyboard.type('Account Phone');
      await expect.poll(() => olga.locator('[data-row]').count()).toBeLessThan(5);
      await olga.keyboard.press('ArrowDown');
      expect(await focusedText(olga)).toContain('Phone');
      await olga.keyboard.press('Enter');
      await leftOut(olga).focus();
      await olga.keyboard.press('Space');
      await saved(olga);
      await olga.keyboard.press('Escape');
      expect(await focusedText(olga)).toContain('Phone');

      await olga.reload();
      await openPhone(olga);
      expect(await leftOut(olga).isChecked()).toBe(true);

      // Her page does not load his change before she saves.
      await olga.route(/\/api\/mappings\/[^/]+\/Account(\?|$)/, (route) => route.abort());
      const piet = await open('salesforce', 'piet', 'Piet Peer', 'Account');
      await openPhone(piet);
      await leftOut(piet).uncheck();
      await saved(piet);
      await leftOut(olga).uncheck();
      await olga.getByText(/Not saved\..*Piet Peer saved this draft at/).waitFor();
      await olga.unroute(/\/api\/mappings\/[^/]+\/Account(\?|$)/);
      await olga.getByRole('button', { name: 'Show the saved draft' }).click();
      await saved(olga);

      // Colour transitions are switched off, because contrast cannot be measured during one.
      await olga.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await olga.setViewportSize({ width: 390, height: 844 });
      expect(await serious(olga)).toEqual([]);
      expect(
        await olga.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
        'wider than a phone',
      ).toBeLessThanOrEqual(0);
      await Promise.all([olga, piet].map((one) => one.context().close()));
    },
  );

  it(
    'come by the keyboard alone from the list to an object without a mapping',
    { timeout: 120_000 },
    async () => {
      const olga = await open('salesforce', 'olga', 'Olga Ops', 'Account');
      await olga.goto(`${address}/mappings`);
      const button = olga.getByRole('button', { name: 'Map another object' });
      await button.focus();
      await olga.keyboard.press('Enter');
      const choose = async (label: string, option: string) => {
        const focused = () => olga.evaluate<string>("document.activeElement.labels?.[0]?.textContent ?? ''");
        await expect.poll(focused).toBe(label);
        await olga.keyboard.press('Enter');
        await olga.getByRole('option', { name: option }).waitFor();
        const chosen = () =>
          olga.evaluate<string>(
            "document.querySelector('[role=option][data-combobox-selected]')?.textContent ?? ''",
          );
        for (let n = 0; n < 12 && !(await chosen()).startsWith(option); n += 1)
          await olga.keyboard.press('ArrowDown');
        await olga.keyboard.press('Enter');
        await olga.keyboard.press('Tab');
      };
      await choose('Connection', 'Salesforce');
      await choose('Kind of record', 'Account');
      await olga.keyboard.type('Contact');
      await olga.getByText('Account currently uses Account').waitFor();
      expect(await serious(olga)).toEqual([]);
      await olga.keyboard.press('Escape');
      await olga.getByRole('button', { name: 'Show its fields' }).focus();
      await olga.keyboard.press('Enter');
      await olga.getByRole('heading', { name: 'Contact is not mapped yet' }).waitFor();
      await olga.context().close();
    },
  );

  const leftOut = (page: Page): Locator =>
    page.getByLabel('Optional: ignore this line if the CRM has no such field');
  const focusedText = (page: Page): Promise<string | null> =>
    page.evaluate('document.activeElement.textContent');

  async function openPhone(page: Page): Promise<void> {
    await page
      .getByRole('textbox', { name: /^Search .* fields$/ })
      .first()
      .fill('Account Phone');
    await page.getByRole('button', { name: /^Account Phone/ }).click();
  }

  async function open(crm: Crm, login: string, name: string, object: string = objects[crm]): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    const { token } = await createLoginLink(service.deps, {
      email: `${login}@vendor.test`,
      name,
      role: 'ops',
    });
    await page.goto(`${address}/sign-in?token=${token}`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const connection = (await listConnections(service.deps.db)).find((one) => one.kind === crm);
    await page.goto(`${address}/mappings/${connection?.id}/${object}`);
    await page.getByRole('region', { name: 'Fields' }).waitFor();
    return page;
  }

  const saved = (page: Page): Promise<void> =>
    page
      .getByRole('status')
      .filter({ hasText: /Draft of version \d+\.\s*Saved\./ })
      .waitFor();

  async function serious(page: Page): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations
      .filter((one) => one.impact === 'serious' || one.impact === 'critical')
      .map((one) => `${one.id} at ${one.nodes[0]?.target.join(' ')}`);
  }
});

/** Every blank has the default, and every other value is as it was. */
function withDefaults(before: ReadonlyMap<string, DealFields>, crm: Crm): ReadonlyMap<string, DealFields> {
  const blanks = new Map(fields.map((field) => [field.theirs[crm] as string, field.blank]));
  return new Map(
    [...before].map(([id, values]) => [
      id,
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, value ?? blanks.get(name) ?? null]),
      ),
    ]),
  );
}
