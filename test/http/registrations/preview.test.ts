import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarioEmail } from '#src/cli/cases/lifecycle-cast.ts';
import { insertLifecyclePeople } from '#src/db/registrations/lifecycle/scenario-store.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  seconds,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';

const now = '2026-06-15T08:00:00Z';

let http: HttpTest;
let fixture: LifecycleFixture;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now);
  await http.as('ops', 'olaf');
  const people = [scenarioEmail('olga'), scenarioEmail('omar')];
  await publishProgram(
    http.deps,
    programText((document) => ({
      approval: {
        ...document.approval,
        routes: [
          {
            name: 'Large deals',
            when: { amountFrom: ['250000.00 EUR'] },
            steps: [
              { name: 'Review', anyOf: people },
              { name: 'Director', anyOf: [scenarioEmail('lena')] },
            ],
          },
          { name: 'Everything else', steps: [{ name: 'Review', anyOf: ['role ops'] }] },
        ],
      },
    })),
  );
});
afterAll(() => http[Symbol.asyncDispose]());

const terms = {
  customerCountry: 'DE',
  productFamily: 'Network',
  amount: '50000.00',
  currency: 'EUR',
};

async function post(path: string, payload: object, name = 'olaf', role: 'ops' | 'viewer' = 'ops') {
  const answer = await (
    await http.as(role, name)
  )({ method: 'POST', url: `/api/registrations${path}`, payload });
  return answer.json();
}

/** The tables that a submission changes. */
async function stored(): Promise<unknown> {
  const rows = await http.deps.db.execute(sql`
    select (select count(*) from registration) as registrations, (select count(*) from registration_event) as events,
      (select count(*) from conflict_case) as cases, (select count(*) from lifecycle_notice) as notices,
      (select count(*) from job) as jobs, (select count(*) from submission_key) as keys,
      (select count(*) from lifecycle_timer) as timers`);
  return [...rows];
}

const drafts = [
  { what: 'a clear deal', partner: 'acme', terms: { customerName: 'Nordwind Logistik GmbH' } },
  { what: 'a rival', partner: 'bolt', terms: { customerName: 'Nordwind Logistik GmbH' } },
  {
    what: 'a large rival',
    partner: 'bolt',
    terms: { customerName: 'Nordwind Logistik GmbH', productFamily: 'Storage', amount: '250000.00' },
  },
  { what: 'no amount', partner: 'bolt', terms: { customerName: 'Bergmann AG', amount: '', currency: '' } },
  { what: 'a customer without a name', partner: 'acme', terms: { customerName: 'unknown' } },
  { what: 'its own deal again', partner: 'acme', terms: { customerName: 'Nordwind Logistik GmbH' } },
] as const;

describe('the preview of a submission', () => {
  test.each(drafts)('says what submitting $what does, and stores nothing', async (draft) => {
    const payload = {
      partner: fixture.partners[draft.partner],
      key: draft.what,
      terms: { ...terms, ...draft.terms },
    };
    const before = await stored();
    const preview = await post('/preview', payload);
    expect(await stored()).toEqual(before);
    const { result, id } = await post('', payload);
    expect(preview).toMatchObject({ result, id: result === 'created' ? null : id });
    const shown = await showLifecycle(http.deps, id, { at: seconds(now) });
    if (shown === null) return expect.fail('it has no lifecycle');
    const { state, reasonText, protectedUntil, programme, decisionClock } = shown.registration;
    expect(preview.verdict).toMatchObject({ state, reason: reasonText, protectedUntil });
    expect(preview.route.steps.map(({ name }: { name: string }) => name)).toEqual(
      programme.approvalSteps.map(({ name }) => name),
    );
    expect(preview.route.programVersion).toBe(programme.version);
    if (state === 'in_review') expect(preview.route.steps[0].people).toEqual(shown.asked);
    const due = shown.decisionClock?.dueAt ?? null;
    expect(preview.route.decisionDue).toBe(
      decisionClock.stop !== null || due === null ? null : new Date(due * 1000).toISOString(),
    );
    const found = await (await http.as('ops', 'olaf'))({ url: `/api/registrations/${id}` });
    if (result === 'created' && preview.verdict.findings.length > 0)
      expect(JSON.stringify(found.json())).toContain(preview.verdict.findings[0].rule);
  });

  test('names the route, its steps and people, and the promised time', async () => {
    const payload = {
      partner: fixture.partners['bolt'],
      key: 'route',
      terms: { ...terms, customerName: 'Nordwind Logistik', amount: '300000.00', dealType: 'renewal' },
    };
    const { verdict, route } = await post('/preview', payload);
    expect(verdict).toMatchObject({ state: 'in_review' });
    expect(verdict.findings).toContainEqual({
      rule: 'same_instant',
      effect: 'review',
      message: expect.stringContaining('Acme Networks'),
    });
    expect(route).toMatchObject({
      name: 'Large deals',
      steps: [
        { name: 'Review', people: [scenarioEmail('olga'), scenarioEmail('omar')] },
        { name: 'Director', people: [scenarioEmail('lena')] },
      ],
      // Two business days of a calendar that is open from Monday to Friday.
      decisionDue: '2026-06-17T08:00:00.000Z',
    });
  });

  test('leaves out the person who submits, who may not decide it', async () => {
    const payload = {
      partner: fixture.partners['bolt'],
      key: 'four eyes',
      terms: { ...terms, customerName: 'Nordwind Logistik', amount: '10.00', dealType: 'renewal' },
    };
    const { route } = await post('/preview', payload);
    expect(route.name).toBe('Everything else');
    expect(route.steps[0].people).toContain(scenarioEmail('omar'));
    expect(route.steps[0].people).not.toContain('olaf@vendor.test');
  });

  test('names every problem of the form at once', async () => {
    const preview = await post('/preview', {
      partner: fixture.partners['acme'],
      key: 'wrong',
      terms: { amount: 'much' },
    });
    expect(preview.result).toBe('refused');
    const fields = preview.problems.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(expect.arrayContaining(['customerName', 'productFamily', 'amount']));
    expect(preview.message).toContain('customerName');
  });

  test('shows people of a partner who is asked, and not what the rules found', async () => {
    await http.as('viewer', 'portal-user');
    await insertLifecyclePeople(http.deps.db, [
      { name: 'portal-user@vendor.test', role: 'service', partnerId: fixture.partners['bolt'] ?? null },
    ]);
    const payload = {
      key: 'portal',
      terms: { ...terms, customerName: 'Nordwind Logistik', dealType: 'renewal' },
    };
    const preview = await post('/preview', payload, 'portal-user', 'viewer');
    expect(preview).toMatchObject({ result: 'created', verdict: null, route: { name: 'Everything else' } });
    expect(JSON.stringify(preview)).not.toMatch(/Acme|in_review/);
  });

  test('shows a sales rep nothing about another partner', async () => {
    await http.as('viewer', 'rea');
    await insertLifecyclePeople(http.deps.db, [{ name: 'rea@vendor.test', role: 'rep', partnerId: null }]);
    const payload = {
      partner: fixture.partners['bolt'],
      key: 'rep',
      terms: { ...terms, customerName: 'Nordwind Logistik', dealType: 'renewal' },
    };
    const { verdict } = await post('/preview', payload, 'rea', 'viewer');
    expect(verdict.findings).toContainEqual(expect.objectContaining({ rule: 'same_instant' }));
    expect(JSON.stringify(verdict)).not.toContain('Acme');
  });
});
