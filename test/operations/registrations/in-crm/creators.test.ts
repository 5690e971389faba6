import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { readCreators } from '#src/operations/pull/read-creators.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { people, type CrmKind, type Person } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';

const usersPath = { salesforce: 'FROM(%20|\\+)User', hubspot: '/crm/owners' } as const;
const body = [{ errorCode: 'INVALID_TYPE', message: "sObject type 'User' is not supported." }];
const refusals = {
  salesforce: { kind: 'status', status: 400, body },
  hubspot: { kind: 'status', status: 403 },
} as const;

describe.each<CrmKind>(['salesforce', 'hubspot'])(
  'the creator of a record of %s',
  { timeout: 90_000 },
  (kind) => {
    let crm: DecidingCrm;
    beforeAll(async () => {
      crm = await startDecidingCrm(kind);
    }, 120_000);
    afterAll(() => crm[Symbol.asyncDispose]());

    async function approveByApi(extId: string, by: Person): Promise<string | null> {
      const at = Math.floor(crm.deps.clock().getTime() / 1000);
      const registration = await crm.idOf(extId);
      const command = {
        at,
        by: people[by].email,
        via: 'api',
        do: 'approve',
        registration,
        with: {},
      } as const;
      const { refused } = await applyLifecycleCommand(crm.deps, command);
      return refused?.reason ?? null;
    }

    test('cannot decide it there or in Fairway, and is not asked', async () => {
      const extId = await crm.waiting('Achat Hochofen', 'lena');
      expect((await crm.show(extId))['nextDecider']).not.toContain(people.lena.email);
      await crm.decide(extId, { by: 'lena', decision: 'approve', seenVersion: 1 });
      await crm.follow(extId);
      expect(await crm.show(extId)).toMatchObject({
        lifecycleState: 'in_review',
        decisionRefused: expect.stringContaining('(self_approval)'),
      });
      expect(await approveByApi(extId, 'lena')).toBe('self_approval');
      expect(await approveByApi(extId, 'marco')).toBeNull();
    });

    test('is not known while the CRM hides people, so no person decides the registration until it is', async () => {
      crm.faults.add({ vendor: kind, match: { path: usersPath[kind] }, fault: refusals[kind] });
      const extId = await crm.waiting('Borealis Glaswerk', 'lena');
      expect(await approveByApi(extId, 'lena')).toBe('creator_unknown');
      expect(await approveByApi(extId, 'marco')).toBe('creator_unknown');
      expect(await problems()).toEqual(['creators_hidden']);
      crm.faults.clear();
      crm.pass(2_000);
      await readCreators(crm.deps, { runId: null, connectionId: crm.connection.id });
      await evaluateRegistrations(crm.deps, async () => {});
      await crm.follow(extId);
      expect((await crm.show(extId))['nextDecider']).not.toContain(people.lena.email);
      expect(await problems()).toEqual([]);
      expect(await approveByApi(extId, 'lena')).toBe('self_approval');
      expect(await approveByApi(extId, 'marco')).toBeNull();
    });

    async function problems(): Promise<readonly unknown[]> {
      const rows = await crm.deps.db.execute(
        sql`select code from problem where object = 'creators' and status = 'open'`,
      );
      return rows.map(({ code }) => code);
    }
  },
);
