import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  requireProgramDocument,
  type ProgramDocument,
  type WrittenProgram,
} from '#src/domain/program/document/document.ts';
import { dealRoles } from '#src/domain/program/rule-settings.ts';
import { documentOf } from '#src/domain/program/document/program-of.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { programToYaml } from '#src/domain/program/document/yaml.ts';
import { explainMatch } from '#src/operations/matching/explain-match.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { noProgress } from '#test/operations/hints/hints-fixture.ts';
import { simulateProgram } from '#src/operations/program/simulate-program.ts';
import { addPerson } from '#test/support/people/people.ts';
import { publishProgram } from '#test/operations/program/program-fixture.ts';
import {
  partnerNames,
  startCrmRegistrations,
  type CrmRegistrations,
} from '#test/operations/registrations/crm-registrations.ts';

/** The rules as a programme sets them, from the CRM record to the CRM record. */
let crm: CrmRegistrations;
beforeAll(async () => {
  crm = await startCrmRegistrations();
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

const [, kestrel, basalt] = partnerNames;

type Rules = NonNullable<WrittenProgram['engagement']>['rules'];

function programWith(rules: Rules): ProgramDocument {
  const document = documentOf(defaultProgram);
  const engagement = { ...document.engagement, rules };
  const { productFamilies, lateStages } = engagement;
  const written = {
    ...document,
    engagement: { ...engagement, productFamilies: [...productFamilies], lateStages: [...lateStages] },
  };
  return requireProgramDocument(written);
}

async function publishRules(rules: Rules): Promise<void> {
  await publishProgram(crm.fixture.deps, programToYaml(programWith(rules)));
}

const rulesOf = async (extId: string) => {
  const { status, reviewer } = await crm.read(extId);
  return [status, ...reviewer.map((line) => line.split(':')[0])];
};

const simulate = (rules: Rules) => {
  const { deps } = crm.fixture;
  const today = deps.clock().toISOString().slice(0, 10);
  return simulateProgram(deps, { document: programWith(rules), from: today });
};

describe('the rules of a programme', { timeout: 60_000 }, () => {
  it('decide with the effect that the programme gives them, and partners read no name of another partner', async () => {
    const first = await crm.register(
      'Rosenhof Papier',
      { customer_domain: 'rosenhof-papier.example' },
      kestrel,
    );
    await crm.follow(first);
    await publishRules({ earlier_registration: 'block' });
    const second = await crm.register(
      'Rosenhof Papier',
      { customer_domain: 'rosenhof-papier.example' },
      basalt,
    );
    await crm.follow(second);
    const rejected = await crm.read(second);
    expect(rejected.status).toBe('rejected');
    expect(rejected.reviewer).toEqual([expect.stringMatching(/^earlier_registration block: .*Kestrel IT/)]);
    expect(rejected.crm).toMatchObject({
      status: 'rejected',
      reason: expect.stringMatching(/^Same customer as an earlier registration of another partner/),
    });
    expect(JSON.stringify(rejected.crm)).not.toContain('Kestrel');

    await publishRules({ earlier_registration: 'off', later_registration: { effect: 'off' } });
    const third = await crm.register('Rosenhof Papier', { customer_domain: 'rosenhof-papier.example' });
    await crm.follow(third);
    expect(await crm.read(third)).toMatchObject({ status: 'approved', reviewer: [] });
  });

  it('are simulated with other effects; what a rule compares that was off is not guessed', async () => {
    const { changes, unknown } = await simulate({ earlier_registration: 'review' });
    expect(changes).toMatchObject([
      { number: 'DR-2026-9002', earlier: { outcome: 'rejected' }, now: { outcome: 'in_review' } },
    ]);
    expect(unknown).toEqual([
      {
        number: 'DR-2026-9003',
        reason:
          'Rules that were off at the decision are on now, and what they compare was not stored with it: earlier_registration, later_registration.',
      },
    ]);
  });

  it('ask about size, named accounts, roles, standing and open registrations, and every decision is reproduced', async () => {
    const { deps } = crm.fixture;
    await publishRules({
      minimum_deal_size: { effect: 'block', amounts: ['5000.00 EUR'] },
      named_account: {
        accounts: [{ name: 'Globex', domain: 'globex.example', for: ['P-9999'] }],
        reservedField: 'reserved_for',
      },
      partner_status: { statusField: 'status', good: ['Active'], agreementField: 'agreement' },
      partner_certification: {
        field: 'certs',
        needed: [{ productFamilies: ['Pumps'], anyOf: ['Pump Pro'] }],
      },
      co_sell: { field: 'role', together: [['reseller', 'distributor']] },
      open_registrations: { most: 3 },
    });
    const setFields = (partner: string, fields: Readonly<Record<string, string>>) =>
      deps.db.execute(
        sql`update account set extra = ${JSON.stringify(fields)}::text::jsonb where name = ${partner}`,
      );
    const good = { status: 'Active', agreement: '2099-12-31', certs: 'Pump Pro' };
    for (const partner of partnerNames) await setFields(partner, good);

    const small = await crm.register('Kiesgrube Nord', { amount: '4999' }, kestrel);
    const dollars = await crm.register('Kiesgrube West', { amount: '4999', currency: 'USD' }, kestrel);
    const named = await crm.register('Globex Europe', { customer_domain: 'globex.example' }, kestrel);
    await crm.follow(small, dollars, named);
    expect(await crm.read(small)).toMatchObject({
      status: 'rejected',
      crm: { reason: 'Amount: 4999.00 EUR is below the minimum. A registration needs at least 5000.00 EUR.' },
    });
    expect(await rulesOf(dollars)).toEqual(['in_review', 'minimum_deal_size review']);
    expect(await rulesOf(named)).toEqual(['in_review', 'named_account review']);
    expect(JSON.stringify((await crm.read(named)).crm)).not.toMatch(/P-9999|Globex/);

    await setFields(basalt, { ...good, agreement: '2020-01-01', certs: '' });
    const doubted = await crm.register('Schieferbruch Ost', {}, basalt);
    await crm.follow(doubted);
    expect(await rulesOf(doubted)).toEqual([
      'in_review',
      'partner_certification review',
      'partner_status review',
    ]);

    // Kestrel has two registrations that wait and the one of the first test.
    const fourth = await crm.register('Tongrube Sued', {}, kestrel);
    await crm.follow(fourth);
    expect(await rulesOf(fourth)).toEqual(['in_review', 'open_registrations review']);

    for (const id of [small, dollars, named, doubted, fourth])
      expect(await explainMatch(deps, await crm.idOf(id))).toMatchObject({ rulesReproduced: true });
  });

  it('let partners with roles that belong together register one deal', async () => {
    const { deps } = crm.fixture;
    await publishRules({ co_sell: { field: 'role', together: [['reseller', 'distributor']] } });
    const first = await crm.register('Marmorwerk Alpen', {}, kestrel);
    await crm.follow(first);
    const setRole = async (id: string, role: string) =>
      deps.db.execute(
        sql`update registration set extra = ${JSON.stringify({ role })}::text::jsonb where id = ${await crm.idOf(id)}`,
      );
    await setRole(first, 'distributor');
    const second = await crm.register('Marmorwerk Alpen', {}, basalt);
    await crm.follow(second);
    expect(await rulesOf(second)).toEqual(['in_review', 'earlier_registration review']);
    await setRole(second, 'reseller');
    await evaluateRegistrations(deps, noProgress);
    expect(await rulesOf(second)).toEqual(['approved', 'co_sell note']);
    expect(await explainMatch(deps, await crm.idOf(second))).toMatchObject({ rulesReproduced: true });
  });

  it('read the role of a partner from the form, for registrations that no CRM has', async () => {
    const { deps } = crm.fixture;
    const field = {
      name: 'partnerRole',
      label: { en: 'Your role', de: 'Ihre Rolle' },
      type: 'choice',
      choices: dealRoles.map((code) => ({ code, en: code, de: code })),
    };
    const document = programWith({
      co_sell: { field: 'partnerRole', together: [['reseller', 'distributor']] },
    });
    const fields = [
      { name: 'customerName', required: true },
      { name: 'productFamily', required: true },
      { name: 'customerCountry' },
      field,
    ];
    await publishProgram(deps, programToYaml(requireProgramDocument({ ...document, form: { fields } })));
    // A step counts in whole seconds, so one in the second of the publication uses the version before.
    await wait(1_000);
    const { email } = await addPerson(deps, { name: 'Olga', role: 'ops' });
    const submit = async (partner: string, partnerRole: string) => {
      const [found] = await deps.db.execute<{ id: string }>(
        sql`select id from partner where name = ${partner}`,
      );
      const terms = {
        customerName: 'Zinkhuette Harz',
        productFamily: 'Pumps',
        customerCountry: 'FR',
        partnerRole,
      };
      const { result, refused } = await submitRegistration(deps, {
        by: email,
        via: 'api',
        with: { partner: found?.id, terms },
      });
      expect(refused).toBeNull();
      const [row] = await deps.db.execute<{ state: string }>(
        sql`select state from registration_lifecycle where registration_id = ${String(Object.values(result ?? {})[0])}`,
      );
      return row?.state;
    };
    expect(await submit(kestrel, 'distributor')).toBe('approved');
    expect(await submit(basalt, 'reseller')).toBe('approved');
    expect(await submit(partnerNames[0], 'reseller')).toBe('in_review');
  });
});
