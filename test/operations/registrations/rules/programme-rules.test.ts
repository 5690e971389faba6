import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  requireProgramDocument,
  type ProgramDocument,
  type WrittenProgram,
} from '#src/domain/program/document/document.ts';
import { documentOf } from '#src/domain/program/document/program-of.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { programToYaml } from '#src/domain/program/document/yaml.ts';
import { simulateProgram } from '#src/operations/program/simulate-program.ts';
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
});
