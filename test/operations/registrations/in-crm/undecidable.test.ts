import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDecisions } from '#src/operations/pull/read-decisions.ts';
import { followDecisions } from '#src/operations/refresh/follow-decisions.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import { type CrmKind } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';

const hour = 3_600_000;

describe.each<CrmKind>(['salesforce', 'hubspot'])('a decision in %s', { timeout: 120_000 }, (kind) => {
  let crm: DecidingCrm;
  beforeAll(async () => {
    crm = await startDecidingCrm(kind);
  }, 120_000);
  afterAll(() => crm[Symbol.asyncDispose]());

  async function problems(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return crm.deps.db.execute(
      sql`select ref, code from problem where object = 'decision' and status = 'open' order by ref`,
    );
  }
  const run = (): Promise<void> =>
    followDecisions(crm.deps, { connectionId: crm.connection.id, runId: null, registrations: [] });

  test('about a deleted registration is named in the list of problems', async () => {
    const extId = await crm.register('Aurora Glaswerk');
    await crm.follow(extId);
    await crm.decide(extId, {
      by: 'lena',
      decision: 'withdraw',
      reasonCode: 'partner_request',
      seenVersion: 1,
    });
    await afterDeletion(extId);
    expect(await problems()).toEqual([{ ref: extId, code: 'decision_without_registration' }]);
    await run();
    expect(await problems()).toHaveLength(1);
  });

  /** The record is deleted after its decision was read and before it is handled. */
  async function afterDeletion(extId: string): Promise<void> {
    await readDecisions(crm.deps, { connectionId: crm.connection.id, runId: null, registrations: [extId] });
    if (kind === 'hubspot') await crm.control('/archive', { objectType: crm.object, id: extId });
    else await crm.call('integration', 'DELETE', `/${crm.object}/${extId}`);
    await crm.follow(extId);
    await run();
  }

  test.runIf(kind === 'salesforce')('about no registration is named in the list of problems', async () => {
    crm.pass(2_000);
    const { id } = await crm.call('lena', 'POST', '/Registration_Decision__c', { Decision__c: 'approve' });
    await run();
    expect(await problems()).toContainEqual({ ref: id, code: 'decision_without_registration' });
  });

  test('about a registration that the rules decide alone is refused on its record', async () => {
    await publishProgram(
      crm.deps,
      programText(() => ({ lifecycle: 'off' })),
    );
    const extId = await crm.register('Borealis Glaswerk');
    await crm.follow(extId);
    await crm.decide(extId, { by: 'lena', decision: 'approve' });
    await crm.follow(extId);
    expect(await crm.show(extId)).toMatchObject({
      lifecycleState: null,
      decisionRefused: expect.stringContaining('(no_lifecycle)'),
    });
    crm.pass(hour);
    expect(await problems()).not.toContainEqual(expect.objectContaining({ ref: extId }));
  });
});
