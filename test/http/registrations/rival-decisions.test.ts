/** Decisions about registrations of several partners for one customer. `SEED=…` repeats the choice of deciders. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '#src/cli/match/seeded.ts';
import { insertLifecyclePeople, insertPartners } from '#src/db/registrations/lifecycle/scenario-store.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  seconds,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const now = '2026-06-15T08:00:00Z';
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const deciders = ['olga', 'oscar', 'otis'];

let http: HttpTest;
let fixture: LifecycleFixture;
/** Another process on the same database. */
let other: TestDeps;
let partners: readonly string[];
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now, {
    approvalSteps: [{ name: 'review', anyOf: deciders.map((name) => `${name}@vendor.test`) }],
  });
  other = await startDeps({ now, databaseUrl: http.deps.config.databaseUrl ?? '' });
  const more = ['Cobalt Networks', 'Dune Systems', 'Ember Data'].map((name) => ({
    id: http.deps.ids(),
    accountId: http.deps.ids(),
    name,
    owner: 'carl@scenario.example',
  }));
  await insertPartners(http.deps.db, more);
  await insertLifecyclePeople(
    http.deps.db,
    more.map(({ id, name }) => ({
      name: `${name.slice(0, 1).toLowerCase()}@partner.example`,
      role: 'partner' as const,
      partnerId: id,
      crmUser: name,
    })),
  );
  partners = [...Object.values(fixture.partners), ...more.map(({ id }) => id)];
});
afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await http[Symbol.asyncDispose]();
});

const terms = (customerName: string) => ({
  customerName,
  customerCountry: 'DE',
  productFamily: 'Network',
  amount: '50000.00',
  currency: 'EUR',
});
const move = async (id: string, payload: object, name = 'olga') =>
  (await http.as('ops', name))({ method: 'POST', url: `/api/registrations/${id}/moves`, payload });
const lifecycle = async (id: string) =>
  (await (await http.as('ops', 'olga'))({ url: `/api/registrations/${id}/lifecycle` })).json();
const detail = async (id: string) =>
  (await (await http.as('ops', 'olga'))({ url: `/api/registrations/${id}` })).json();
const moved = async (id: string, payload: object, name?: string) => {
  const answer = await move(id, payload, name);
  expect({ status: answer.statusCode, body: answer.json() }).toMatchObject({ status: 200 });
};

async function submit(partner: string | undefined, customer: string): Promise<string> {
  http.pass(1_000);
  const payload = { partner, key: `${partner} ${customer}`, terms: terms(customer) };
  const sent = await (await http.as('ops', 'olaf'))({ method: 'POST', url: '/api/registrations', payload });
  expect(sent.statusCode).toBe(200);
  return sent.json().id;
}

/** Registrations of these partners for one customer that all wait in review: the first one was withdrawn. */
async function waitingRivals(customer: string, of: readonly string[]): Promise<readonly string[]> {
  const [first = '', ...others] = of;
  const approved = await submit(first, customer);
  const ids: string[] = [];
  for (const partner of others) ids.push(await submit(partner, customer));
  await moved(approved, { move: 'withdraw', reasonCode: 'partner_request' }, 'olaf');
  return ids;
}

const protectedOf = async (ids: readonly string[]) => {
  const states = await Promise.all(ids.map(async (id) => (await lifecycle(id)).state));
  return ids.filter((_, index) => states[index] === 'approved');
};

describe('approving a registration whose rival was approved meanwhile', () => {
  test('is refused with the rival, and the evidence of the rival that waits is renewed', async () => {
    const [one = '', two = ''] = await waitingRivals('Nordwind Logistik GmbH', partners.slice(0, 3));
    await moved(two, { move: 'approve' });
    const { conflictCase, conflictSummary } = await detail(one);
    expect(conflictCase.rivals).toMatchObject([
      { rival: { kind: 'registration', id: two, status: 'approved' } },
    ]);
    expect(conflictSummary).toContain('already approved');
    const refused = await move(one, { move: 'approve' }, 'oscar');
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error).toMatchObject({
      message: expect.stringContaining('in force for this customer'),
      detail: { reason: 'rival_in_force', rivals: [{ id: two }] },
    });
    expect(await lifecycle(one)).toMatchObject({ state: 'in_review' });
  });

  test('is possible with the rivals that the person saw and a reason, which the event has', async () => {
    const [one = '', two = ''] = await waitingRivals('Bergmann Maschinenbau AG', partners.slice(0, 3));
    await moved(one, { move: 'approve' });
    const unseen = { move: 'approve', over: { rivals: [], reason: 'Two sites.' } };
    expect((await move(two, unseen)).json().error.detail.reason).toBe('rival_in_force');
    const wordless = await move(two, { move: 'approve', over: { rivals: [one], reason: ' ' } });
    expect(wordless.json().error.detail.reason).toBe('over_reason_required');
    await moved(two, { move: 'approve', over: { rivals: [one], reason: 'Two sites.' } });
    expect(await lifecycle(two)).toMatchObject({
      state: 'approved',
      events: expect.arrayContaining([
        expect.objectContaining({
          move: 'approve',
          given: expect.objectContaining({ over: { rivals: [one], reason: 'Two sites.' } }),
        }),
      ]),
    });
  });

  test('is refused for an appeal, unless it replaces the rival', async () => {
    const [one = '', two = ''] = await waitingRivals('Seehafen Spedition GmbH', partners.slice(0, 3));
    await moved(one, { move: 'reject', reasonCode: 'not_certified' });
    const appeal = { at: seconds(now), by: 'rob@scenario.example', via: 'api', with: {} } as const;
    await applyLifecycleCommand(http.deps, { ...appeal, do: 'appeal', registration: one });
    await moved(two, { move: 'approve' });
    const overturn = { move: 'overturn', reasonCode: 'new_evidence' };
    expect((await move(one, overturn, 'oscar')).json().error.detail).toMatchObject({
      reason: 'rival_in_force',
      rivals: [{ id: two }],
    });
    await moved(one, { ...overturn, supersedes: two }, 'oscar');
    expect(await protectedOf([one, two])).toEqual([one]);
  });
});

test(`of rivals that several people approve at once, in two processes, one is approved for each customer (SEED=${seed})`, async () => {
  const random = seeded(seed);
  const customers = ['Ostsee Fähren GmbH', 'Waldhof Möbel AG'];
  const groups: (readonly string[])[] = [];
  for (const customer of customers) groups.push(await waitingRivals(customer, partners));
  for (const name of deciders) await http.as('ops', name);
  const at = Math.floor(http.deps.sharedClock().getTime() / 1000);
  const commands = groups
    .flat()
    .flatMap((registration) =>
      deciders
        .filter(() => random.chance(0.8))
        .map((name) => ({ name, registration, order: random.below(1_000_000) })),
    );
  const outcomes = await Promise.all(
    commands
      .toSorted((a, b) => a.order - b.order)
      .map(async ({ name, registration }, index) => {
        const command = { at, by: `${name}@vendor.test`, via: 'api', do: 'approve', registration } as const;
        const deps = index % 2 === 0 ? http.deps : other.deps;
        const { refused } = await applyLifecycleCommand(deps, { ...command, with: {} });
        return refused?.reason ?? 'accepted';
      }),
  );
  for (const ids of groups) {
    const approved = await protectedOf(ids);
    expect(approved.length).toBeLessThanOrEqual(1);
    const waiting = ids.filter((id) => !approved.includes(id));
    for (const id of waiting) {
      const rivals: readonly { rival: { id: string; status: string } }[] = (await detail(id)).conflictCase
        .rivals;
      const inForce = rivals.filter(({ rival }) => rival.status === 'approved').map(({ rival }) => rival.id);
      expect(inForce).toEqual(approved);
    }
  }
  expect(outcomes.filter((one) => one === 'accepted')).toHaveLength(groups.length);
  expect(new Set(outcomes)).toContain('rival_in_force');
}, 60_000);

describe('submitting a registration again', () => {
  const resubmit = async (id: string, by: string, more: object = {}) => {
    const at = Math.floor(http.deps.sharedClock().getTime() / 1000);
    const command = { at, by, via: 'api', do: 'resubmit', registration: id, with: more } as const;
    expect((await applyLifecycleCommand(http.deps, command)).refused).toBeNull();
    return lifecycle(id);
  };
  const pat = 'pat@scenario.example';
  const withdrawn = async (customer: string): Promise<string> => {
    const id = await submit(fixture.partners['acme'], customer);
    await moved(id, { move: 'withdraw', reasonCode: 'partner_request' }, 'olaf');
    return id;
  };

  test('without a conflict is approved', async () => {
    expect(await resubmit(await withdrawn('Hafenkante Werft GmbH'), pat)).toMatchObject({
      state: 'approved',
      protectedUntil: expect.any(String),
    });
  });

  test('for a customer whom another partner registered meanwhile waits for a person, behind that partner', async () => {
    const id = await withdrawn('Lindenhof Klinik GmbH');
    const rival = await submit(fixture.partners['bolt'], 'Lindenhof Klinik GmbH');
    expect(await lifecycle(rival)).toMatchObject({ state: 'approved' });
    http.pass(1_000);
    expect(await resubmit(id, pat)).toMatchObject({ state: 'in_review' });
    const { conflictCase } = await detail(id);
    expect(conflictCase.rivals).toMatchObject([
      { rival: { id: rival }, findings: [{ rule: 'earlier_registration' }] },
    ]);
  });

  test('for a deal that the partner has registered already is rejected with the code of the rule', async () => {
    const id = await withdrawn('Kornfeld Mühle GmbH');
    await submit(fixture.partners['acme'], 'Kornfeld Mühle GmbH & Co. KG');
    http.pass(1_000);
    expect(await resubmit(id, pat, { terms: { customerName: 'Kornfeld Mühle GmbH' } })).toMatchObject({
      state: 'rejected',
      reasonCode: 'duplicate_own',
    });
  });

  test('without a customer asks for one', async () => {
    const id = await withdrawn('Steinbruch Nord GmbH');
    expect(await resubmit(id, pat, { terms: { customerName: 'Test customer 2' } })).toMatchObject({
      state: 'info_requested',
      reasonCode: 'unclear_customer',
    });
    const [row] = await http.deps.db.execute(
      sql`select customer_name as name from registration where id = ${id}`,
    );
    expect(row).toEqual({ name: 'Test customer 2' });
  });
});
