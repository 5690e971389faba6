import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { noProgress } from '#test/operations/hints/hints-fixture.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import { addPerson } from '#test/support/people/people.ts';
import { partnerNames, startCrmRegistrations, type CrmRegistrations } from './crm-registrations.ts';

let crm: CrmRegistrations;
beforeAll(async () => {
  crm = await startCrmRegistrations();
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

async function approved(customer: string, values: Readonly<Record<string, string>> = {}): Promise<string> {
  const extId = await crm.register(customer, values);
  await crm.follow(extId);
  expect((await crm.read(extId)).status).toBe('approved');
  return extId;
}

async function edited(extId: string, values: Readonly<Record<string, string>>) {
  await crm.edit(extId, values);
  await crm.follow(extId);
  return crm.read(extId);
}

async function decide(extId: string, decision: 'approve' | 'reject', reason = ''): Promise<void> {
  const { id: personId } = await addPerson(crm.fixture.deps, { name: 'Odile', role: 'ops' });
  const registrationId = await crm.idOf(extId);
  await reviewRegistration(crm.fixture.deps, { registrationId, decision, reason, personId });
  await crm.follow(extId);
}

const shownInCrm = async (extId: string, property: string): Promise<string> =>
  (
    await crm.fixture.call(
      'GET',
      `/crm/objects/2026-09/p_fairway_registration/${extId}?properties=${property}`,
    )
  ).properties[property];

describe('an approved registration that is edited in the CRM', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'customer',
      { customer_name: 'Kalkstein Brauerei' },
      'customer name "Erika Aluminium" → "Kalkstein Brauerei"',
    ],
    ['domain', { customer_domain: 'erika.example' }, 'customer domain none → "erika.example"'],
    ['country', { customer_country: 'DE' }, 'customer country "FR" → "DE"'],
    ['product family', { product_family: 'Valves' }, 'product family "Pumps" → "Valves"'],
    ['deal type', { deal_type: 'renewal' }, 'deal type "new" → "renewal"'],
    ['amount', { amount: '12600' }, 'amount "10000.00 EUR" → "12600.00 EUR"'],
  ])(
    'in its %s waits for a person, who reads what changed, and stays protected',
    async (what, values, change) => {
      const name = what === 'customer' ? 'Erika Aluminium' : `Erika ${what} Metallbau`;
      const extId = await approved(name);
      const before = await crm.read(extId);
      const { status, crm: shown, reviewer } = await edited(extId, values);
      expect(status).toBe('in_review');
      expect(reviewer.join('\n')).toContain(change);
      expect(reviewer.join('\n')).toContain(
        `The approved terms stay protected until ${before.crm['protected_until']}.`,
      );
      expect(shown).toMatchObject({ status: 'in_review', protected_until: before.crm['protected_until'] });
      expect(shown['reason']).toContain(change);
      // The CRM is the system of record, so the edit is not put back.
      for (const [property, value] of Object.entries(values))
        expect(await shownInCrm(extId, property)).toBe(value);
      const entries = await crm.fixture.deps.db.execute<{ after: unknown }>(
        sql`select after from audit_event where action = 'registration.edited_after_approval' and subject_id = ${await crm.idOf(extId)}`,
      );
      expect([...entries]).toEqual([
        {
          after: {
            status: 'in_review',
            protectedUntil: before.crm['protected_until'],
            fields: expect.stringContaining(
              what === 'domain' || what === 'country' ? `customer ${what}` : what,
            ),
          },
        },
      ]);
    },
  );

  it('in its amount by a quarter, in case or spaces, or in another field, stays approved', async () => {
    const extId = await approved('Marmorwerk Süd');
    for (const values of [
      { amount: '12500' },
      { customer_name: ' marmorwerk  SÜD' },
      { expected_close: '2027-05-01' },
    ])
      expect(await edited(extId, values)).toMatchObject({ status: 'approved', reviewer: [] });
  });

  it('and that gets another partner waits for a person; neither partner reads the name of the other', async () => {
    const extId = await approved('Sandstein Archiv');
    const [companyOf, other] = await Promise.all(
      [partnerNames[0], partnerNames[1]].map(async (name) => {
        const [row] = await crm.fixture.deps.db.execute<{ id: string }>(
          sql`select ext_id as id from remote_record where object = 'companies' and fields ->> 'name' = ${name}`,
        );
        return row?.id ?? '';
      }),
    );
    const link = { objectType: 'p_fairway_registration', id: extId, toObjectType: 'companies', userId: 7 };
    await crm.fixture.call(
      'POST',
      '/crm/associations/2026-09/p_fairway_registration/companies/batch/archive',
      {
        inputs: [{ from: { id: extId }, to: [{ id: companyOf }] }],
      },
    );
    await crm.fixture.control('POST', '/associate', { ...link, toId: other });
    await crm.follow(extId);
    const { status, crm: shown, reviewer } = await crm.read(extId);
    expect(status).toBe('in_review');
    expect(reviewer.join('\n')).toContain('partner "Northwind Partners" → "Kestrel IT"');
    expect(shown['reason']).toContain(': partner.');
    expect(shown['reason']).not.toMatch(/Northwind|Kestrel/);
  });

  it('still keeps others off the approved customer, and is ahead of those who register the new one later', async () => {
    const extId = await approved('Travertin Bad');
    await edited(extId, { customer_name: 'Schiefergrube Nord' });
    const onOld = await crm.register('Travertin Bad', {}, partnerNames[1]);
    const onNew = await crm.register('Schiefergrube Nord', {}, partnerNames[2]);
    await crm.follow(onOld, onNew);
    for (const rival of [onOld, onNew]) {
      const { status, reviewer } = await crm.read(rival);
      expect([status, reviewer]).toEqual([
        'in_review',
        [
          expect.stringMatching(
            /^earlier_registration review: Same customer as DR-2026-9\d+ by Northwind Partners/,
          ),
        ],
      ]);
    }
  });

  it('comes after those who registered the new customer before the edit', async () => {
    const rival = await crm.register('Lavastein Grill', {}, partnerNames[1]);
    await crm.follow(rival);
    const extId = await approved('Tuffstein Grotte');
    const { reviewer } = await edited(extId, { customer_name: 'Lavastein Grill' });
    expect(reviewer).toEqual([
      expect.stringMatching(/^earlier_registration review: Same customer as DR-2026-9\d+ by Kestrel IT/),
      expect.stringMatching(/^edited_after_approval review: /),
    ]);
  });

  it('is approved as before when the edit is undone in the CRM', async () => {
    const extId = await approved('Porphyr Gleisbau');
    const before = await crm.read(extId);
    await edited(extId, { customer_name: 'Porphyr Strassenbau Ost' });
    const { status, crm: shown } = await edited(extId, { customer_name: 'Porphyr Gleisbau' });
    expect([status, shown['protected_until']]).toEqual(['approved', before.crm['protected_until']]);
    expect(shown['reason']).toContain('The edit was undone in the CRM.');
  });
});

describe('a person who decides about an edit', () => {
  it('approves it: the new customer is protected, the old one is free, and the window is not longer', async () => {
    const extId = await approved('Gneis Molkerei');
    const { crm: before } = await crm.read(extId);
    await edited(extId, { customer_name: 'Serpentin Molkerei' });
    await decide(extId, 'approve');
    expect(await crm.read(extId)).toMatchObject({
      status: 'approved',
      crm: { reason: 'The edit was approved after review.', protected_until: before['protected_until'] },
    });
    const onOld = await crm.register('Gneis Molkerei', {}, partnerNames[1]);
    const onNew = await crm.register('Serpentin Molkerei', {}, partnerNames[1]);
    await crm.follow(onOld, onNew);
    expect([(await crm.read(onOld)).status, (await crm.read(onNew)).status]).toEqual([
      'approved',
      'in_review',
    ]);
  });

  it('rejects it: the approval remains in force, the record says that it differs, and no second question is asked', async () => {
    const extId = await approved('Basaltwerk Ost');
    const { crm: before } = await crm.read(extId);
    await edited(extId, { customer_name: 'Dolomit Pumpwerke' });
    await decide(extId, 'reject', 'Another customer needs another registration.');
    await evaluateRegistrations(crm.fixture.deps, noProgress);
    const { status, crm: shown } = await crm.read(extId);
    expect([status, shown['protected_until']]).toEqual(['approved', before['protected_until']]);
    expect(shown['reason']).toBe(
      `The edit was rejected: Another customer needs another registration. The approval of the terms before it remains in force until ${before['protected_until']}. This record differs from it: customer name "Basaltwerk Ost" → "Dolomit Pumpwerke".`,
    );
    const onOld = await crm.register('Basaltwerk Ost', {}, partnerNames[1]);
    const onNew = await crm.register('Dolomit Pumpwerke', {}, partnerNames[1]);
    await crm.follow(onOld, onNew);
    expect([(await crm.read(onOld)).status, (await crm.read(onNew)).status]).toEqual([
      'in_review',
      'approved',
    ]);
  });
});

describe('a programme that puts edits back', () => {
  beforeAll(async () => {
    const text = programText(({ engagement }) => ({
      engagement: { ...engagement, afterApproval: 'put_back' as const },
    }));
    await publishProgram(crm.fixture.deps, text);
  });

  it('writes the approved values to the CRM, and the registration stays approved', async () => {
    const extId = await approved('Alabaster Museum');
    await crm.edit(extId, { customer_name: 'Onyx Museum', amount: '99000' });
    await crm.follow(extId);
    await planWrites(
      crm.fixture.deps,
      { runId: null, scope: { registrationIds: [await crm.idOf(extId)] } },
      noProgress,
    );
    await pushConnection(
      crm.fixture.deps,
      { connectionId: crm.fixture.connection.id, runId: null },
      noProgress,
    );
    expect((await crm.read(extId)).status).toBe('approved');
    expect([await shownInCrm(extId, 'customer_name'), await shownInCrm(extId, 'amount')]).toEqual([
      'Alabaster Museum',
      '10000',
    ]);
  });

  it('reports what the mapping does not write as a problem, and asks a person', async () => {
    const extId = await approved('Achat Juwelier');
    const { status, reviewer } = await edited(extId, { currency: 'USD' });
    expect([status, reviewer]).toEqual([
      'in_review',
      [expect.stringContaining('amount "10000.00 EUR" → "10000.00 USD"')],
    ]);
    const problems = await crm.fixture.deps.db.execute<{ message: string }>(
      sql`select message from problem where ref = ${extId} and code = 'not_put_back' and status = 'open'`,
    );
    expect([...problems]).toEqual([
      { message: expect.stringContaining('the approved amount cannot be put back, because the mapping') },
    ]);
  });
});
