import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { browserPath, startBrowser } from '#test/support/browser.ts';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { seedSync, type SyncData } from '#test/support/sync-data.ts';

describe.skipIf(browserPath === null)('the console', { timeout: 60_000 }, () => {
  let stack: AsyncDisposableStack;
  let http: HttpTest;
  let data: ConsoleData;
  let sync: SyncData;
  let browser: Browser;
  let address: string;
  let context: BrowserContext;
  let page: Page;
  /** The errors that the browser reported: failed scripts, refused content. */
  const complaints: string[] = [];

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    // The browser has its own clock, so the server's is the real one.
    http = stack.use(await startHttp({ now: new Date().toISOString() }));
    data = await seedConsole(http.deps);
    sync = await seedSync(http.deps, data);
    address = await http.app.listen({ host: '127.0.0.1', port: 0 });
    browser = await startBrowser();
    stack.defer(() => browser.close());
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await watchedPage(context);
    await page.goto(await signInLink('admin'));
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  test('signs in by link, keeps the token out of the history, and refuses the same link again', async () => {
    const link = await signInLink('viewer');
    const other = await watchedPage(await browser.newContext());
    await other.goto(link);
    await other.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(other.url()).toBe(`${address}/`);
    await other.context().clearCookies();
    await other.goto(link);
    await other.getByRole('heading', { name: 'This link does not work' }).waitFor();
    expect(other.url()).toBe(`${address}/sign-in`);
    expect(await other.getByText('npm run fairway -- login').count()).toBeGreaterThan(0);
    await other.context().close();
  });

  test('sends a visitor who is not signed in to the sign-in page, from any address', async () => {
    const other = await watchedPage(await browser.newContext());
    await other.goto(`${address}/payouts`);
    await other.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await other.context().close();
  });

  const pages = [
    ['/', 'Overview'],
    ['/registrations', 'Registrations'],
    ['/registrations/:review', 'DR-2026-0002'],
    ['/registrations/:approved', 'DR-2026-0001'],
    ['/payouts', 'Payouts'],
    ['/payouts/:batch', 'Payout'],
    ['/problems', 'Problems'],
    ['/connections', 'Connections'],
    ['/connections/:busy', 'Salesforce'],
    ['/connections/:paused', 'HubSpot EMEA'],
    ['/conflicts', 'Conflicts'],
    ['/conflicts?status=settled', 'Conflicts'],
    ['/match-quality', 'Match quality'],
    ['/records', 'Records'],
    ['/records?search=meridian', 'Records'],
    ['/records/opportunity/:opportunity', 'Meridian plant roll-out'],
    ['/mappings', 'Mappings'],
    ['/people', 'People'],
    ['/nowhere', 'Page not found'],
  ] as const;
  const looks = [
    { scheme: 'light', width: 1440 },
    { scheme: 'dark', width: 380 },
  ] as const;

  describe.each(looks)('in $scheme at $width px', ({ scheme, width }) => {
    let view: Page;
    beforeAll(async () => {
      const storageState = await context.storageState();
      view = await watchedPage(
        await browser.newContext({ storageState, colorScheme: scheme, viewport: { width, height: 900 } }),
      );
    });
    afterAll(() => view.context().close());

    test.each(pages)(
      '%s is accessible, fits the screen and loads without complaint',
      async (path, heading) => {
        await view.goto(`${address}${await resolved(path)}`);
        await view.getByRole('heading', { level: 1, name: heading }).waitFor();
        await view.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
        expect(await seriousIn(view)).toEqual([]);
        expect(
          await view.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
          'wider than the screen',
        ).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
      },
    );
  });

  test('lets the queue be walked and a registration be opened by keyboard alone', async () => {
    await page.goto(`${address}/registrations`);
    await page.getByRole('row', { name: /DR-2026-0003/ }).waitFor();
    const focused = (): Promise<string | null> => page.evaluate('document.activeElement.textContent');
    await page.keyboard.press('j');
    expect(await focused()).toBe('DR-2026-0002');
    await page.keyboard.press('j');
    expect(await focused()).toBe('DR-2026-0003');
    await page.keyboard.press('k');
    expect(await focused()).toBe('DR-2026-0002');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'DR-2026-0002' }).waitFor();
  });

  test('keeps j and k for the text while somebody searches', async () => {
    await page.goto(`${address}/registrations?status=all`);
    await page.getByLabel('Search registrations').pressSequentially('jk');
    await page.getByText('No registration matches').waitFor();
    expect(await page.getByLabel('Search registrations').inputValue()).toBe('jk');
  });

  test('opens the row that is chosen while the search is still settling', async () => {
    await page.goto(`${address}/registrations?status=all`);
    const row = page.getByRole('link', { name: 'DR-2026-0004' });
    await row.waitFor();
    await page.getByLabel('Search registrations').fill('Quill');
    await row.click();
    await page.getByRole('heading', { level: 1, name: 'DR-2026-0004' }).waitFor();
    await page.waitForTimeout(400);
    expect(new URL(page.url()).pathname).toBe(`/registrations/${data.registrationIds.get('DR-2026-0004')}`);
  });

  test('asks for a reason to reject, approves with one click, and takes it back with Undo', async () => {
    await page.goto(`${address}${await resolved('/registrations/:review')}`);
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Reason: enter why you reject it.').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('DR-2026-0002 approved').waitFor();
    await page.getByText(/^until /).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('DR-2026-0002 is open again').waitFor();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
  });

  test('opens a payout down to the invoice, and explains why the submitter cannot approve', async () => {
    await page.goto(`${address}${await resolved('/payouts/:batch')}`);
    await page.getByRole('button', { name: /Northwind Systems/ }).click();
    await page.getByText(/invoice INV-101 412,500\.00 × 5 %/).waitFor();
    await page.getByRole('button', { name: 'Submit for approval' }).click();
    await page.getByText('another person in finance must approve it').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Return to draft' }).click();
    await page.getByRole('button', { name: 'Submit for approval' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download CSV' }).click();
    expect((await download).suggestedFilename()).toMatch(/^payouts-.*\.csv$/);
  });

  test('does not show an approver’s link to the inviter, and a viewer’s once; the form is accessible', async () => {
    await page.goto(`${address}/people`);
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Fin Ance');
    await dialog.getByLabel('E-mail').fill('fin@vendor.test');
    await dialog.getByLabel('Finance').check();
    expect(await seriousIn(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Invite' }).click();
    await dialog.getByText('Ask a second admin to open the People page').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /fin@vendor\.test/ }).waitFor();
    await page.getByRole('button', { name: 'Invite' }).click();
    await dialog.getByLabel('Name').fill('Vi Ewer');
    await dialog.getByLabel('E-mail').fill('vi@vendor.test');
    await dialog.getByLabel('Viewer').check();
    await dialog.getByRole('button', { name: 'Invite' }).click();
    await dialog.getByText(/\/sign-in\?token=/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByText(/\/sign-in\?token=/).count()).toBe(0);
  });

  test('folds the navigation behind a button on a phone, and it closes on choosing', async () => {
    const phone = await browser.newContext({
      storageState: await context.storageState(),
      viewport: { width: 390, height: 844 },
    });
    const view = await watchedPage(phone);
    await view.goto(`${address}/`);
    await view.getByRole('button', { name: 'Navigation' }).click();
    const menu = view.getByRole('dialog', { name: 'Navigation' });
    await menu.getByRole('link', { name: /Problems/ }).click();
    await view.getByRole('heading', { level: 1, name: 'Problems' }).waitFor();
    await menu.waitFor({ state: 'detached' });
    await phone.close();
  });

  test('shows a viewer everything and offers nothing that would be refused', async () => {
    const viewing = await browser.newContext();
    const view = await watchedPage(viewing);
    await view.goto(await signInLink('viewer'));
    await view.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await view.goto(`${address}${await resolved('/registrations/:review')}`);
    await view.getByText('Operations or an admin can approve or reject it.').waitFor();
    expect(await view.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(await view.getByRole('button', { name: 'Edit' }).count()).toBe(0);
    expect(await view.getByRole('link', { name: 'People' }).count()).toBe(0);
    await view.goto(`${address}/conflicts`);
    await view.getByText('Operations or an admin can decide.').first().waitFor();
    await view.goto(`${address}${await resolved('/connections/:busy')}`);
    await view.getByRole('heading', { name: 'Refused writes' }).waitFor();
    expect(await view.getByRole('button', { name: /again|Compare|Save|Sync/ }).count()).toBe(0);
    await viewing.close();
  });

  test('says so when the service does not answer, and recovers with one click', async () => {
    const view = await watchedPage(await browser.newContext({ storageState: await context.storageState() }));
    await view.route('**/api/problems*', (route) =>
      route.fulfill({ status: 400, json: { error: { code: 'bad_request', message: 'Not today.' } } }),
    );
    await view.goto(`${address}/problems`);
    await view.getByText('Not today.').waitFor();
    await view.unroute('**/api/problems*');
    await view.getByRole('button', { name: 'Try again' }).click();
    await view.getByRole('heading', { name: 'Writing Opportunity to Salesforce' }).waitFor();
    await view.context().close();
  });

  test('estimates a first read, and says until when a connection rests and why', async () => {
    await page.goto(`${address}${await resolved('/connections/:busy')}`);
    await page.getByText('12,400 of 48,000, 26 %').waitFor();
    await page.getByText(/about \d+ minutes left/).waitFor();
    await page.getByText('1,240 of 100,000 calls today').waitFor();
    await page.goto(`${address}${await resolved('/connections/:paused')}`);
    await page.getByRole('heading', { name: /^Paused until / }).waitFor();
    await page.getByText(/of the 240,000 allowed for Fairway/).waitFor();
  });

  test('sends the refused writes of one cause again and counts them', async () => {
    await page.goto(`${address}${await resolved('/connections/:busy')}`);
    await page.getByRole('button', { name: 'Send 23 again: writes to Account' }).click();
    await page.getByText('23 writes queued again').waitFor();
    await page.getByRole('heading', { name: '23 writes to Account' }).waitFor({ state: 'detached' });
  });

  test('compares everything only after asking, and deletes records only when somebody agrees', async () => {
    await page.goto(`${address}${await resolved('/connections/:paused')}`);
    await page.getByRole('button', { name: 'Compare everything' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/Remove missing records even above the limit of 5 %/).check();
    expect(await seriousIn(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Compare and remove' }).click();
    await page.getByText('Comparing everything with HubSpot EMEA').waitFor();
    await dialog.waitFor({ state: 'detached' });
  });

  test('shows a customer’s daily call limit as soon as it is saved', async () => {
    await page.goto(`${address}${await resolved('/connections/:busy')}`);
    await page.getByLabel('Daily call limit').fill('50,000');
    await page.getByRole('button', { name: 'Save limits' }).click();
    await page.getByText('910 of the 50,000 allowed for Fairway').waitFor();
  });

  test('lets a conflict be answered by keyboard alone, and shows how it was settled', async () => {
    await page.goto(`${address}/conflicts`);
    await page.getByRole('heading', { name: 'Amount of DR-2026-0002' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('c');
    await page.getByText('Salesforce’s value applies').waitFor();
    await page.getByRole('heading', { name: 'Amount of DR-2026-0002' }).waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Settled' }).click();
    await page.getByText(/Decided by admin/).waitFor();
  });

  test('edits a registration with errors at their fields, says that it goes to the CRM, and has it on the timeline', async () => {
    await page.goto(`${address}${await resolved('/registrations/:other')}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit DR-2026-0004' });
    await dialog.getByText('Your changes will be written to Salesforce.').waitFor();
    expect(await seriousIn(page)).toEqual([]);
    const save = dialog.getByRole('button', { name: 'Save and write to Salesforce' });
    await dialog.getByLabel('Customer name').fill('');
    await save.click();
    await dialog.getByText('Required for every registration.').waitFor();
    await dialog.getByLabel('Customer name').fill('Quillmark Press plc');
    await dialog.getByLabel(/^Amount/).fill('a lot');
    await save.click();
    await dialog.getByText(/^amount: /).waitFor();
    await dialog.getByLabel(/^Amount/).fill('16250.50');
    await save.click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('DR-2026-0004 was changed').waitFor();
    await page.getByText('admin edited registration').waitFor();
    await page.getByText('16,250.50').first().waitFor();
  });

  test('shows in the form what somebody else changed meanwhile, and replaces it only when the form is saved again', async () => {
    const id = data.registrationIds.get('DR-2026-0004') ?? '';
    await page.goto(`${address}/registrations/${id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit DR-2026-0004' });
    await dialog.getByLabel(/^Amount/).fill('17000');
    const personId = (await createLoginLink(http.deps, { email: 'quick@vendor.test', role: 'ops' })).person
      .id;
    const quicker = { values: { amount: '16999.00' }, expectedValues: { amount: '16250.50' } };
    await editRecord(http.deps, { kind: 'registration', id, ...quicker, personId });
    await dialog.getByRole('button', { name: 'Save and write to Salesforce' }).click();
    await dialog
      .getByText(
        'Somebody changed this field to “16999.00” while you were editing. Saving again replaces that value.',
      )
      .waitFor();
    await dialog.getByRole('button', { name: 'Save and write to Salesforce' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('17,000.00').first().waitFor();
  });

  test('finds a record by its id in the CRM and shows its timeline', async () => {
    await page.goto(`${address}/records`);
    await page.getByLabel('Search records').fill(sync.opportunityExtId);
    await page.getByRole('link', { name: 'Meridian plant roll-out' }).click();
    await page.getByText('Close date: waiting for a decision').waitFor();
  });

  async function seriousIn(view: Page): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: view }).analyze();
    const serious = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
    return serious.map((one) => `${one.id} at ${one.nodes[0]?.target.join(' ')}`);
  }

  async function signInLink(role: 'admin' | 'viewer'): Promise<string> {
    const { token } = await createLoginLink(http.deps, { email: `${role}@vendor.test`, name: role, role });
    return `${address}/sign-in?token=${token}`;
  }

  async function watchedPage(owner: BrowserContext): Promise<Page> {
    const watched = await owner.newPage();
    watched.on('pageerror', (error) => complaints.push(error.message));
    watched.on('console', (message) => {
      // A refused request is part of some tests; a refused script or style never is.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    return watched;
  }

  async function resolved(path: string): Promise<string> {
    const { batches } = (await (await context.request.get(`${address}/api/payouts`)).json()) as {
      batches: { id: string }[];
    };
    return path
      .replace(':review', data.registrationIds.get('DR-2026-0002') ?? '')
      .replace(':approved', data.registrationIds.get('DR-2026-0001') ?? '')
      .replace(':other', data.registrationIds.get('DR-2026-0004') ?? '')
      .replace(':busy', data.salesforceId)
      .replace(':paused', data.hubspotId)
      .replace(':opportunity', sync.opportunityId)
      .replace(':batch', batches[0]?.id ?? '');
  }
});
