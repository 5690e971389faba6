import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { submitPayoutBatch } from '#src/operations/payouts/payout-batch.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { browserPath, startBrowser } from '#test/support/browser.ts';
import { addPerson, enterProduction } from '#test/support/people/people.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

describe.skipIf(browserPath === null)('passkeys in the console', { timeout: 60_000 }, () => {
  const stack = new AsyncDisposableStack();
  let http: HttpTest;
  let address: string;
  let context: BrowserContext;
  let page: Page;
  let cdp: CDPSession;
  beforeAll(async () => {
    http = stack.use(await startHttp());
    await seedConsole(http.deps);
    await addPerson(http.deps, { name: 'first', role: 'admin' });
    await addPerson(http.deps, { name: 'second', role: 'admin' });
    await enterProduction(http.deps);
    const bound = await http.app.listen({ host: '127.0.0.1', port: 0 });
    address = `http://localhost:${new URL(bound).port}`;
    const browser = await startBrowser();
    stack.defer(() => browser.close());
    context = await browser.newContext();
    page = await context.newPage();
    cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
  });
  afterAll(() => stack.disposeAsync());

  test('a link adds the first passkey, the passkey signs in, and an approval asks for it', async () => {
    const { db } = http.deps;
    const { token } = await createLoginLink(http.deps, { email: 'fin@vendor.test', role: 'finance' });
    await page.goto(`${address}/sign-in?token=${token}`);
    await page.getByRole('heading', { name: 'Add a passkey' }).waitFor();
    await page.goto(`${address}/payouts`);
    await page.getByRole('heading', { name: 'Add a passkey' }).waitFor();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('heading', { name: 'Payouts' }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();

    const [row] = await db.execute<{ id: string }>(sql`select id from payout_batch limit 1`);
    const maker = await addPerson(http.deps, { name: 'maker', role: 'finance' });
    await submitPayoutBatch(http.deps, { batchId: row?.id ?? '', personId: maker.id });
    await page.goto(`${address}/payouts/${row?.id}`);
    // The first answer asks for the passkey; the page then sends the request again by itself.
    const refused = page.waitForResponse(
      async (response) =>
        response.url().endsWith('/approve') && (await response.json()).error?.code !== 'confirmation_needed',
    );
    await page.getByRole('button', { name: 'Approve' }).click();
    expect((await (await refused).json()).error.message).toMatch(/your role is new|This passkey is new/);
    await db.execute(sql`update person set approves_from = created_at`);
    await db.execute(sql`update passkey set approves_from = created_at`);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: 'Export' }).waitFor();
    // Each request needs a separate answer: sign-in, the refused approval, the approval.
    const used = await db.execute(sql`select count(*)::int as count from used_challenge`);
    expect([...used]).toEqual([{ count: 4 }]);
  });

  test('my account lists passkeys and sessions, and ends one', async () => {
    await page.goto(`${address}/account`);
    await page.getByRole('row', { name: /This device/ }).waitFor();
    await page.getByText('This browser').waitFor();
    await page.getByRole('button', { name: 'End all other sessions' }).click();
    await page.getByText('This browser').waitFor();
  });
});
