import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { applyDeferredDecisions } from '#src/operations/registrations/deferred/apply-deferred-decisions.ts';
import { submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { lifecycleFixture } from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { startBrowser } from '#test/support/browser.ts';

export const olga = 'olga@vendor.test';

/** The console with registrations that Olga decides, and a page on which she is signed in. */
export interface LifecycleConsole extends AsyncDisposable {
  readonly http: HttpTest;
  readonly browser: Browser;
  readonly address: string;
  readonly page: Page;
  /** A registration in review, because another partner registered the customer before. */
  inReview(customer: string): Promise<{ readonly first: string; readonly id: string }>;
  /** The time to undo decisions is over, and a worker applies them. */
  applyDecisions(): Promise<void>;
}

export async function startLifecycleConsole(): Promise<LifecycleConsole> {
  await using starting = new AsyncDisposableStack();
  const now = new Date().toISOString();
  const http = starting.use(await startHttp({ now }));
  const fixture = await lifecycleFixture(http.deps, now, {
    approvalSteps: [{ name: 'review', anyOf: [olga] }],
  });
  const address = await http.app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await startBrowser();
  starting.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const { token } = await createLoginLink(http.deps, { email: olga, name: 'Olga', role: 'ops' });
  await page.goto(`${address}/sign-in?token=${token}`);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const started = starting.move();

  async function submitted(partner: string, customerName: string): Promise<string> {
    http.pass(1_000);
    const terms = { customerName, customerCountry: 'DE', productFamily: 'Network' };
    const { result } = await submitRegistration(http.deps, {
      by: 'hub@scenario.example',
      via: 'api',
      with: { partner: fixture.partners[partner], key: `${partner} ${customerName}`, terms },
    });
    if (result === null || !('created' in result)) throw new Error('it was not submitted');
    return result.created;
  }
  return {
    http,
    browser,
    address,
    page,
    async inReview(customer) {
      const first = await submitted('acme', customer);
      return { first, id: await submitted('bolt', customer) };
    },
    async applyDecisions() {
      http.pass(11_000);
      await applyDeferredDecisions(http.deps);
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

export interface Screen {
  readonly scheme: 'light' | 'dark';
  readonly width: number;
}

/** Looks at a page with the session of the console: axe finds nothing serious, and the page is not wider than the screen. */
export async function expectUsable(
  { browser, page }: Pick<LifecycleConsole, 'browser' | 'page'>,
  { scheme, width }: Screen,
  { name, open }: { readonly name: string; readonly open: (view: Page) => Promise<void> },
): Promise<void> {
  const context = await browser.newContext({
    storageState: await page.context().storageState(),
    colorScheme: scheme,
    viewport: { width, height: 900 },
  });
  const view = await context.newPage();
  await open(view);
  const { violations } = await new AxeBuilder({ page: view }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  expect(
    await view.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
  ).toBeLessThanOrEqual(0);
  const shots = process.env['SCREENSHOTS'];
  if (shots !== undefined)
    await view.screenshot({ path: `${shots}/${name}-${scheme}-${width}.png`, fullPage: true });
  await context.close();
}
