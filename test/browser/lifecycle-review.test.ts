import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import type { HttpTest } from '#test/http/http-test.ts';
import {
  expectUsable,
  olga,
  startLifecycleConsole,
  type LifecycleConsole,
} from '#test/browser/lifecycle-console.ts';
import { browserPath } from '#test/support/browser.ts';

describe.skipIf(browserPath === null)('a registration with steps in the console', { timeout: 90_000 }, () => {
  let started: LifecycleConsole;
  let http: HttpTest;
  let address: string;
  let page: Page;

  beforeAll(async () => {
    started = await startLifecycleConsole();
    ({ http, address, page } = started);
  }, 180_000);
  afterAll(() => started[Symbol.asyncDispose]());

  const inReview = (customer: string) => started.inReview(customer);
  const open = async (id: string, view: Page = page) => {
    await view.goto(`${address}/registrations/${id}`);
    await view.getByText('Waits for').waitFor();
  };
  const form = (name: string) => page.getByRole('form', { name });

  test('is approved beside a registration in force only with a reason, by the keyboard', async () => {
    const { id } = await inReview('Nordwind Logistik GmbH');
    await open(id);
    expect(await page.getByText(olga).first().isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Approve', exact: true }).focus();
    await page.keyboard.press('Enter');
    await form('Approve').getByRole('button', { name: 'Confirm: approve' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Another registration is in force for this customer', { exact: true }).waitFor();
    expect(await form('Approve').getByRole('listitem').innerText()).toContain('Acme Networks');
    const beside = form('Approve').getByRole('button', { name: 'Approve beside it' });
    expect(await beside.isDisabled()).toBe(true);
    await form('Approve').getByLabel('Why both are approved').fill('Two sites, two budgets.');
    await beside.click();
    await page.getByText(`${olga} approved. Nothing is written`).waitFor();
    await started.applyDecisions();
    await page.getByText('Two sites, two budgets.').waitFor();
    expect(await page.getByText('This has changed since you opened it').count()).toBe(0);
  });

  test('is rejected with a coded reason, and a missing explanation is refused in words', async () => {
    const { id } = await inReview('Bergmann Maschinenbau AG');
    await open(id);
    await page.getByRole('button', { name: 'Reject', exact: true }).click();
    await form('Reject').getByRole('combobox', { name: 'Reason' }).click();
    await page.getByRole('option', { name: 'Another reason' }).click();
    await form('Reject').evaluate((element) => element.setAttribute('novalidate', ''));
    await form('Reject').getByRole('button', { name: 'Confirm: reject' }).click();
    await form('Reject').getByText('Explain the reason “other”.').waitFor();
    await form('Reject').getByLabel('Explanation').fill('The tender was cancelled.');
    await form('Reject').getByRole('button', { name: 'Confirm: reject' }).click();
    await page.getByText(`${olga} rejected. Nothing is written`).waitFor();
    await started.applyDecisions();
    await page.getByText(`${olga} rejected: other`).waitFor();
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
  });

  test('that was changed since it was opened is not decided before the change was looked at', async () => {
    const { id } = await inReview('Seehafen Spedition GmbH');
    await open(id);
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    const at = Math.floor(http.deps.sharedClock().getTime() / 1000);
    const asked = { reasonCode: 'missing_contact', question: 'Who signs?' };
    const command = { at, by: 'lena@scenario.example', via: 'api', registration: id } as const;
    await applyLifecycleCommand(http.deps, { ...command, do: 'request_info', with: asked });
    await applyLifecycleCommand(http.deps, {
      ...command,
      by: 'rob@scenario.example',
      do: 'answer_info',
      with: { answer: 'The owner.' },
    });
    await form('Approve').getByRole('button', { name: 'Confirm: approve' }).click();
    await form('Approve')
      .getByText('The registration has changed since you read it. Read it again.')
      .waitFor();
    await page.getByText('This has changed since you opened it').waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'lena@scenario.example requested information' })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Continue with the changes' }).click();
    await form('Approve').getByRole('button', { name: 'Confirm: approve' }).click();
    await page.getByText('Another registration is in force for this customer', { exact: true }).waitFor();
  });

  test.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 390 },
    { scheme: 'light', width: 390 },
    { scheme: 'dark', width: 1280 },
  ] as const)('is accessible and fits the screen in $scheme at $width px', async ({ scheme, width }) => {
    const { id } = await inReview(`Talbrücke ${scheme} ${width} Energie GmbH`);
    const openForm = async (view: Page) => {
      await open(id, view);
      await view.getByRole('button', { name: 'Request information' }).click();
      await view.getByLabel('Question').waitFor();
    };
    await expectUsable(started, { scheme, width }, { name: 'review', open: openForm });
  });
});
