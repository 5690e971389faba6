import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import type { HttpTest } from '#test/http/http-test.ts';
import {
  expectUsable,
  olga,
  startLifecycleConsole,
  type LifecycleConsole,
} from '#test/browser/lifecycle-console.ts';
import { browserPath } from '#test/support/browser.ts';

describe.skipIf(browserPath === null)('the queue of registrations', { timeout: 90_000 }, () => {
  let started: LifecycleConsole;
  let http: HttpTest;
  let address: string;
  let page: Page;

  beforeAll(async () => {
    started = await startLifecycleConsole();
    ({ http, address, page } = started);
  }, 180_000);
  afterAll(() => started[Symbol.asyncDispose]());

  const inReview = async (customer: string) => (await started.inReview(customer)).id;
  const stateOf = async (id: string) => (await findLifecycle(http.deps.db, id))?.lifecycle.state;
  const search = async (text: string, view: Page = page) => {
    await view.goto(`${address}/registrations?search=${encodeURIComponent(text)}`);
    await view.getByRole('table', { name: 'Registrations' }).getByRole('link').first().waitFor();
  };

  test('rejects several with one reason, and names the one that had changed', async () => {
    const ids = [];
    for (const place of ['Nord', 'Sued', 'West']) ids.push(await inReview(`Hafenbetriebe ${place} GmbH`));
    const [first = '', second = '', changed = ''] = ids;
    await search('Hafenbetriebe');
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page.getByText('3 selected').waitFor();
    const at = Math.floor(http.deps.sharedClock().getTime() / 1000);
    await applyLifecycleCommand(http.deps, {
      at,
      by: olga,
      via: 'api',
      do: 'request_info',
      registration: changed,
      with: { reasonCode: 'missing_contact', question: 'Who signs?' },
    });
    const bar = page.getByRole('region', { name: 'Selected registrations' });
    await bar.getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Reason' }).click();
    await page.getByRole('option', { name: 'Another reason' }).click();
    await dialog.getByLabel('Explanation').fill('The tender was cancelled.');
    await dialog.getByRole('button', { name: 'Reject 3 registrations' }).click();
    await dialog.getByText('You rejected: 2 of 3.').waitFor();
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/Hafenbetriebe West GmbH: .*not possible in the present state/),
    ]);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    expect(await page.getByText('selected').count()).toBe(0);
    await started.applyDecisions();
    expect(await Promise.all([first, second, changed].map(stateOf))).toEqual([
      'rejected',
      'rejected',
      'info_requested',
    ]);
  });

  test('is worked by keys alone: each decision opens the next case', async () => {
    const customers = ['Alpha', 'Beta', 'Gamma'].map((name) => `Tastenwerk ${name} AG`);
    const ids: string[] = [];
    for (const customer of customers) ids.push(await inReview(customer));
    await search('Tastenwerk');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByText(`registers ${customers[0]}`).waitFor();
    // Two keys skip a case, and four reject one with a reason.
    await page.getByText('Waits for').waitFor();
    await page.keyboard.press('n');
    await page.getByText(`registers ${customers[1]}`).waitFor();
    await page.getByRole('button', { name: 'Reject', exact: true }).waitFor();
    await page.keyboard.press('r');
    await page.getByRole('form', { name: 'Reject' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Enter');
    await page.getByText(`registers ${customers[2]}`).waitFor();
    expect(await stateOf(ids[1] ?? '')).toBe('in_review');
    await started.applyDecisions();
    expect(await stateOf(ids[1] ?? '')).toBe('rejected');
    await page.getByRole('button', { name: 'Request information', exact: true }).waitFor();
    await page.keyboard.press('i');
    await page.getByRole('form', { name: 'Request information' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('form', { name: 'Request information' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Registrations', exact: true }).first().click();
    expect(new URL(page.url()).searchParams.get('search')).toBe('Tastenwerk');
    expect(await stateOf(ids[2] ?? '')).toBe('in_review');
  });

  test('offers to undo one decision and several, and the registrations are as before', async () => {
    const ids = [];
    for (const place of ['Nord', 'Sued']) ids.push(await inReview(`Umkehrwerk ${place} GmbH`));
    await search('Umkehrwerk');
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page
      .getByRole('region', { name: 'Selected registrations' })
      .getByRole('button', { name: 'Reject' })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Reason' }).click();
    await page.getByRole('option').first().click();
    await dialog.getByRole('button', { name: 'Reject 2 registrations' }).click();
    await dialog.getByText('You rejected: 2 of 2.').waitFor();
    await page.getByRole('alert').getByRole('button', { name: 'Undo' }).click();
    await page.getByText('2 decisions are undone').waitFor();
    await page.goto(`${address}/registrations/${ids[0]}`);
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await page.getByRole('form', { name: 'Reject' }).getByRole('combobox', { name: 'Reason' }).click();
    await page.getByRole('option').first().click();
    await page.getByRole('button', { name: 'Confirm: reject' }).click();
    await page.getByText('Nothing is written to the CRM before').waitFor();
    await page.keyboard.press('u');
    await page.getByText('The decision is undone').waitFor();
    await page.getByText(`${olga} undid the decision`).first().waitFor();
    await started.applyDecisions();
    expect(await Promise.all(ids.map(stateOf))).toEqual(['in_review', 'in_review']);
  });

  test('shows what waits for the person and what is overdue, and exports exactly that', async () => {
    await inReview('Filterbau Ost GmbH');
    await search('Filterbau');
    await page.getByText('Waits for me').click();
    await page.waitForURL(/decider=me/);
    await page.getByText('Filterbau Ost GmbH').first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('registrations.csv');
    expect(new URL(download.url()).search).toBe('?status=waiting&search=Filterbau&decider=me');
    await page.getByText('Overdue', { exact: true }).click();
    await page.getByText('No registration matches').waitFor();
  });

  test.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 390 },
    { scheme: 'light', width: 768 },
    { scheme: 'dark', width: 1440 },
  ] as const)('is accessible and fits the screen in $scheme at $width px', async ({ scheme, width }) => {
    await inReview(`Schriftbild ${scheme} ${width} GmbH`);
    const select = async (view: Page) => {
      await search('Schriftbild', view);
      await view
        .getByRole('checkbox', { name: /^Select [A-Z]+-/ })
        .first()
        .check();
      await view.getByRole('region', { name: 'Selected registrations' }).waitFor();
    };
    await expectUsable(started, { scheme, width }, { name: 'queue', open: select });
  });
});
