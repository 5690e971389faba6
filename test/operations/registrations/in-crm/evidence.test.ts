import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partnerNames } from '#test/operations/registrations/crm-registrations.ts';
import type { CrmKind, Deciding } from './crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from './deciding-crm.ts';

describe.each<CrmKind>(['salesforce', 'hubspot'])(
  'a decision without a version in %s',
  { timeout: 90_000 },
  (kind) => {
    let crm: DecidingCrm;
    beforeAll(async () => {
      crm = await startDecidingCrm(kind);
    }, 120_000);
    afterAll(() => crm[Symbol.asyncDispose]());

    const refused = {
      lifecycleState: 'in_review',
      decisionRefused: expect.stringContaining('(evidence_changed)'),
    };

    test.for<Deciding>([
      { by: 'marco', decision: 'approve' },
      { by: 'marco', decision: 'reject', reasonCode: 'not_certified' },
    ])(
      'is refused when a rival registered meanwhile, and counts when it is made again: $decision',
      async (deciding) => {
        const customer = `${deciding.decision === 'approve' ? 'Achat' : 'Borax'} Hochofen`;
        const extId = await crm.waiting(customer);
        const before = await crm.show(extId);
        await crm.decide(extId, deciding);
        await crm.follow(await crm.register(customer, partnerNames[2]));
        await crm.follow(extId);
        const after = await crm.show(extId);
        expect(after).toMatchObject({ ...refused, lifecycleVersion: before['lifecycleVersion'] });
        expect(after['conflictSummary']).not.toBe(before['conflictSummary']);
        await crm.decide(extId, deciding);
        await crm.follow(extId);
        expect(await crm.show(extId)).toMatchObject({
          lifecycleState: deciding.decision === 'approve' ? 'approved' : 'rejected',
          decisionRefused: null,
        });
      },
    );
  },
);
