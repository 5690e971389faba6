import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { learnNews } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  seconds,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';

const now = '2026-06-15T08:00:00Z';

let http: HttpTest;
let fixture: LifecycleFixture;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now);
});
afterAll(() => http[Symbol.asyncDispose]());

const deal = (customerName: string, more: Readonly<Record<string, string>> = {}) => ({
  customerName,
  customerCountry: 'DE',
  productFamily: 'Network',
  amount: '50000.00',
  currency: 'EUR',
  ...more,
});
const send = async (payload: object, name = 'olaf', role: 'ops' | 'viewer' | 'finance' = 'ops') =>
  (await http.as(role, name))({ method: 'POST', url: '/api/registrations', payload });
const submit = async (partner: string, key: string, terms: object) =>
  send({ partner: fixture.partners[partner], key, terms });
const stored = async (id: string) => {
  const [row] = await http.deps.db.execute(sql`
    select r.status, r.reason, r.protected_until::text as until, l.state, l.terms ->> 'amount' as amount
    from registration r left join registration_lifecycle l on l.registration_id = r.id where r.id = ${id}`);
  return row;
};

describe('a submission over HTTP', () => {
  test('is decided by the rules at once, and the same key is the same submission', async () => {
    const first = await submit('acme', 'order 1', deal('Nordwind Logistik GmbH'));
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ result: 'created' });
    const { id } = first.json();
    expect(await stored(id)).toEqual({
      status: 'approved',
      reason: 'No blocking conflict. Protected until 2026-09-13.',
      until: '2026-09-13',
      state: 'approved',
      amount: '50000.00',
    });
    const again = await submit('acme', 'order 1', deal('Another GmbH'));
    expect(again.json()).toEqual({ result: 'same', id });
    const read = await (await http.as('ops', 'olaf'))({ url: `/api/registrations/${id}/lifecycle` });
    expect(read.json()).toMatchObject({
      state: 'approved',
      events: [{ move: 'submit', actor: 'olaf@vendor.test', via: 'api' }],
    });
  });

  test('of a deal that the partner has registered already changes its terms', async () => {
    const first = await submit('acme', 'order 2', deal('Bergmann Maschinenbau AG'));
    const second = await submit('acme', 'order 3', deal('Bergmann Maschinenbau AG', { amount: '55000.00' }));
    expect(second.json()).toEqual({ result: 'updated', id: first.json().id });
    expect(await stored(first.json().id)).toMatchObject({ state: 'approved', amount: '55000.00' });
  });

  test('for a customer of another partner’s registration waits for a person, with the evidence', async () => {
    const first = await submit('acme', 'order 4', deal('Talbrücke Energie GmbH'));
    http.pass(60_000);
    const second = await submit('bolt', 'order 5', deal('Talbrücke Energie GmbH'));
    expect(await stored(first.json().id)).toMatchObject({ state: 'approved' });
    expect(await stored(second.json().id)).toMatchObject({
      state: 'in_review',
      status: 'in_review',
      reason: expect.stringContaining('Same customer as'),
    });
    const page = await (await http.as('ops', 'olaf'))({ url: `/api/registrations/${second.json().id}` });
    expect(page.json().conflictCase).toMatchObject({ outcome: 'review' });
    expect(page.json().conflictCase.rivals).toHaveLength(1);
  });

  test('of two partners for one customer at the same moment: one is approved, the other one waits', async () => {
    const both = await Promise.all([
      submit('acme', 'order 6', deal('Seehafen Spedition GmbH')),
      submit('bolt', 'order 9', deal('Seehafen Spedition GmbH')),
    ]);
    const states = await Promise.all(both.map(async (one) => (await stored(one.json().id))?.['state']));
    expect(states.map(String).toSorted()).toEqual(['approved', 'in_review']);
  });

  test('that names no customer asks the partner, and pauses the promised time', async () => {
    const sent = await submit('acme', 'order 7', deal('Test customer 2'));
    expect(await stored(sent.json().id)).toMatchObject({
      state: 'info_requested',
      status: 'information_needed',
      until: null,
    });
    const read = await (
      await http.as('ops', 'olaf')
    )({ url: `/api/registrations/${sent.json().id}/lifecycle` });
    expect(read.json()).toMatchObject({
      reasonCode: 'unclear_customer',
      clock: 'paused',
      decisionDue: null,
      infoDeadline: '2026-06-25',
    });
  });

  test.each([
    [
      'without a product',
      { productFamily: ' ' },
      400,
      { reason: 'field_missing', fields: ['productFamily'] },
    ],
    [
      'with an amount that cannot be read',
      { amount: '1.000,50' },
      400,
      { reason: 'field_invalid', fields: ['amount'] },
    ],
  ])('%s is refused, and nothing is stored', async (_, more, status, detail) => {
    const before = await http.deps.db.execute(sql`select count(*) from registration`);
    const answer = await submit('acme', 'order 8', deal('Ostwind GmbH', more));
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.detail).toMatchObject(detail);
    expect(await http.deps.db.execute(sql`select count(*) from registration`)).toEqual(before);
  });

  test('for an unknown partner, by a role that may not submit, or for a suspended partner is refused', async () => {
    const terms = deal('Südhang Wein GmbH');
    const unknown = await send({ partner: http.deps.ids(), key: 'a', terms });
    expect([unknown.statusCode, unknown.json().error.detail]).toEqual([
      404,
      { reason: 'no_such_registration' },
    ]);
    const partner = fixture.partners['bolt'] ?? '';
    expect((await send({ partner, key: 'a', terms }, 'vera', 'viewer')).statusCode).toBe(403);
    expect((await send({ partner, key: 'a', terms }, 'fred', 'finance')).statusCode).toBe(403);
    await learnNews(http.deps, seconds(now), { fact: 'partner.suspended', partner });
    const suspended = await send({ partner, key: 'a', terms });
    expect([suspended.statusCode, suspended.json().error.detail]).toEqual([
      409,
      { reason: 'partner_suspended' },
    ]);
  });
});
