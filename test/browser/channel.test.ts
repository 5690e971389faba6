import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { channelPeopleList, partnersNotActive } from '#src/db/registrations/channel/channel-people-store.ts';
import {
  expectUsable,
  startLifecycleConsole,
  type LifecycleConsole,
} from '#test/browser/lifecycle-console.ts';
import { browserPath } from '#test/support/browser.ts';

const cora = 'cora@vendor.test';

describe.skipIf(browserPath === null)('the page of the channel', { timeout: 90_000 }, () => {
  let started: LifecycleConsole;
  let page: Page;
  beforeAll(async () => {
    started = await startLifecycleConsole();
    ({ page } = started);
    await started.http.deps.db.execute(sql`update partner set code = 'P-acme' where name like 'Acme%'`);
    await page.goto(`${started.address}/channel`);
    await page.getByRole('table', { name: 'People of the channel' }).waitFor();
  }, 180_000);
  afterAll(() => started[Symbol.asyncDispose]());

  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  const stored = async (email: string) =>
    (await channelPeopleList(started.http.deps.db, new Date())).find((one) => one.email === email);

  test('gives a role, and names the field that is wrong', async () => {
    await page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail').fill(cora);
    await dialog.getByRole('radio', { name: 'Partner' }).check();
    await dialog.getByLabel('Partner code').fill('P-none');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('There is no partner with the code "P-none"').waitFor();
    await dialog.getByRole('radio', { name: 'Channel account manager' }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row(cora).getByText('Channel account manager').waitFor();
    expect(await stored(cora)).toMatchObject({ role: 'cam', partnerId: null });
  });

  test('enters and ends an absence, and that somebody has left and is back', async () => {
    await row(cora).getByRole('button', { name: 'Away' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Who decides meanwhile').selectOption('olga@vendor.test');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row(cora).getByText('olga@vendor.test decides').waitFor();
    expect((await stored(cora))?.absences).toMatchObject([{ delegate: 'olga@vendor.test' }]);
    await row(cora).getByRole('button', { name: 'End absence' }).click();
    await row(cora).getByText('Here').waitFor();
    await row(cora).getByRole('button', { name: 'Has left' }).click();
    await row(cora).getByText('Left').waitFor();
    await row(cora).getByRole('button', { name: 'Is back' }).click();
    await row(cora).getByText('Here').waitFor();
  });

  test('suspends and reinstates a partner with a reason', async () => {
    await page.getByText('All partners are active').waitFor();
    await page.getByRole('button', { name: 'Suspend or end' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Partner code').fill('P-acme');
    await dialog.getByLabel('Reason').fill('Unpaid invoices.');
    await dialog.getByRole('button', { name: 'Suspend' }).click();
    const table = page.getByRole('table', { name: 'Partners that are not active' });
    await table.getByText('Suspended').waitFor();
    expect(await partnersNotActive(started.http.deps.db)).toMatchObject([
      { code: 'P-acme', status: 'suspended', setBy: 'olga@vendor.test' },
    ]);
    await table.getByRole('button', { name: 'Reinstate' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('Paid.');
    await page.getByRole('dialog').getByRole('button', { name: 'Reinstate' }).click();
    await page.getByText('All partners are active').waitFor();
  });

  test.each([
    [390, 'dark'],
    [768, 'light'],
    [1280, 'light'],
  ] as const)('is accessible and fits the screen at %i px in %s', async (width, scheme) => {
    await expectUsable(
      started,
      { scheme, width },
      {
        name: 'channel',
        open: async (view) => {
          await view.goto(`${started.address}/channel`);
          await view.getByText(cora).first().waitFor();
        },
      },
    );
  });
});
