import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { people, type CrmKind } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';

let crm: DecidingCrm;
let customers = 0;
const names = ['Achat', 'Beryll', 'Citrin', 'Diamant', 'Euklas', 'Fluorit', 'Granat'];

async function waiting(): Promise<string> {
  customers += 1;
  return crm.waiting(`${names[customers - 1] ?? expect.fail('more names are needed')} Hochofen`);
}

async function shownAfter(extId: string) {
  crm.pass(2_000);
  await crm.follow(extId);
  const { lifecycleState, decisionRefused } = await crm.show(extId);
  return { lifecycleState, refused: /\((\w+)\)$/.exec(decisionRefused ?? '')?.[1] ?? null };
}

const start = (kind: CrmKind) => async (): Promise<void> => {
  customers = 0;
  crm = await startDecidingCrm(kind);
};

describe('a decision record of Salesforce', { timeout: 90_000 }, () => {
  beforeAll(start('salesforce'), 120_000);
  afterAll(() => crm[Symbol.asyncDispose]());
  const decisions = '/Registration_Decision__c';

  test('cannot be inserted for another author, nor changed by the people who insert it', async () => {
    const extId = await waiting();
    const fields = { Registration__c: extId, Decision__c: 'approve' };
    const [lena] = (await crm.control('/users', { username: 'l.two@northwind.example', lastName: 'Two' })).id;
    expect(lena).toBeDefined();
    await expect(crm.call('sam', 'POST', decisions, { ...fields, CreatedById: lena })).rejects.toThrow('400');
    const id = await crm.decide(extId, { by: 'sam', decision: 'approve', seenVersion: 1 });
    await expect(crm.call('sam', 'PATCH', `${decisions}/${id}`, { Decision__c: 'reject' })).rejects.toThrow(
      '400',
    );
    await expect(crm.call('lena', 'PATCH', `${decisions}/${id}`, { Decision__c: 'reject' })).rejects.toThrow(
      '400',
    );
    expect(await shownAfter(extId)).toEqual({ lifecycleState: 'in_review', refused: 'unknown_person' });
  });

  test('does not count after somebody changed it or moved it to another registration', async () => {
    const extId = await waiting();
    const id = await crm.decide(extId, {
      by: 'lena',
      decision: 'reject',
      reasonCode: 'not_certified',
      seenVersion: 1,
    });
    await crm.call('integration', 'PATCH', `${decisions}/${id}`, { Decision__c: 'approve' });
    expect(await shownAfter(extId)).toEqual({ lifecycleState: 'in_review', refused: 'decision_changed' });
    const other = await waiting();
    const moved = await crm.decide(extId, { by: 'lena', decision: 'approve', seenVersion: 1 });
    await crm.call('integration', 'PATCH', `${decisions}/${moved}`, { Registration__c: other });
    expect(await shownAfter(other)).toEqual({ lifecycleState: 'in_review', refused: 'decision_changed' });
  });
});

describe('a decision property of HubSpot', { timeout: 90_000 }, () => {
  beforeAll(start('hubspot'), 120_000);
  afterAll(() => crm[Symbol.asyncDispose]());
  const object = 'p_fairway_registration';

  const edit = (id: string, source: string, properties: object = { decision: 'approve' }): Promise<unknown> =>
    crm.control('/edit', { objectType: object, id, properties, userId: people.lena.hubspotId, source });

  async function history(extId: string): Promise<readonly string[]> {
    const path = `/crm/objects/2026-09/${object}/${extId}?propertiesWithHistory=decision`;
    const { propertiesWithHistory } = await crm.call('integration', 'GET', path);
    return propertiesWithHistory.decision.map((one: { value: string }) => one.value);
  }

  test.each(['AUTOMATION_PLATFORM', 'IMPORT'])(
    'does not count when it was written by %s, although that names a user',
    async (source) => {
      const extId = await waiting();
      await edit(extId, source, { decision: 'approve', decision_seen_version: '1' });
      expect(await shownAfter(extId)).toEqual({ lifecycleState: 'in_review', refused: 'author_not_proven' });
    },
  );

  test('is emptied once, whether it was accepted or refused', async () => {
    const extId = await waiting();
    await crm.decide(extId, { by: 'lena', decision: 'reject', seenVersion: 1 });
    expect(await shownAfter(extId)).toEqual({ lifecycleState: 'in_review', refused: 'reason_required' });
    await crm.decide(extId, { by: 'lena', decision: 'approve', seenVersion: 1 });
    expect(await shownAfter(extId)).toEqual({ lifecycleState: 'approved', refused: null });
    await crm.follow(extId);
    expect(await history(extId)).toEqual(['', 'approve', '', 'reject']);
  });

  test('counts when it was made in a bulk edit, which carries no version, while nothing has changed', async () => {
    const [one, two] = [await waiting(), await waiting()];
    await edit(one, 'CRM_UI_BULK_ACTION');
    await edit(two, 'CRM_UI_BULK_ACTION');
    crm.pass(2_000);
    await crm.follow(one, two);
    expect((await crm.show(one))['lifecycleState']).toBe('approved');
    expect((await crm.show(two))['lifecycleState']).toBe('approved');
  });
});
