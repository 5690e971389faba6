import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { partnerTerms } from '#src/db/program/partner-terms.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { saveChannelRole } from '#src/operations/registrations/channel/change-people.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startDecidingCrm, type DecidingCrm } from '#test/operations/registrations/in-crm/deciding-crm.ts';
import { partnerNames } from '#test/operations/registrations/crm-registrations.ts';

async function partnerNamed({ deps }: DecidingCrm, name: string) {
  const [row] = await deps.db.execute<{
    id: string;
    accountId: string;
    extId: string;
    object: string;
    owner: string;
  }>(sql`
    select p.id, p.account_id as "accountId", k.ext_id as "extId", k.object, a.owner
    from partner p join account a on a.id = p.account_id join link k on k.kind = 'account' and k.record_id = a.id
    where p.name = ${name} and k.merged_into is null`);
  return row ?? expect.fail(`there is no partner ${name}`);
}

type PartnerRow = Awaited<ReturnType<typeof partnerNamed>>;

async function followAccounts(crm: DecidingCrm, ...accounts: readonly PartnerRow[]): Promise<void> {
  const { deps, connection } = crm;
  crm.pass(2_000);
  const hints = accounts.map(({ object, extId }) => ({ object, extId }));
  await deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
  await processHints(deps, { connectionId: connection.id, roundEveryMs: 0 }, async () => {});
}

describe.each(['salesforce', 'hubspot'] as const)('partners of %s', { timeout: 60_000 }, (kind) => {
  it('that are suspended there hold what waits, and no one approves it there', async () => {
    await using crm = await startDecidingCrm(kind);
    const extId = await crm.waiting('Quarzit Fassaden');
    const { accountId } = await partnerNamed(crm, partnerNames[1]);
    // As when a mapping reads it from the account.
    const suspend = async (isSuspended: boolean) => {
      await crm.deps.db.execute(
        sql`update account set partner_suspended = ${isSuspended} where id = ${accountId}`,
      );
      const changed = { accountIds: [accountId], opportunityIds: [], registrationIds: [] };
      await evaluateRegistrations(crm.deps, async () => {}, changed);
    };
    expect((await crm.show(extId))['decisionDue']).not.toBeNull();
    await suspend(true);
    await crm.follow(extId);
    await crm.decide(extId, { by: 'lena', decision: 'approve' });
    await crm.follow(extId);
    expect(await crm.show(extId)).toMatchObject({
      lifecycleState: 'in_review',
      decisionDue: null,
      decisionRefused: expect.stringMatching(/partner_suspended/),
    });
    await suspend(false);
    await crm.follow(extId);
    expect((await crm.show(extId))['decisionDue']).not.toBeNull();
  });

  it('that are merged there bring their registrations to the partner that stays', async () => {
    await using crm = await startDecidingCrm(kind);
    const extId = await crm.waiting('Schiefer Dachbau');
    const [stays, goes] = [
      await partnerNamed(crm, partnerNames[0]),
      await partnerNamed(crm, partnerNames[1]),
    ];
    if (kind === 'hubspot')
      await crm.control('/merge', {
        objectType: 'companies',
        primaryId: stays.extId,
        otherId: goes.extId,
        userId: 7,
      });
    else await crm.control('/merge', { masterId: stays.extId, loserIds: [goes.extId] });
    await followAccounts(crm, stays, goes);
    await crm.follow(extId);
    const [row] = await crm.deps.db.execute(
      sql`select partner_id as partner from registration_lifecycle where registration_id = ${await crm.idOf(extId)}`,
    );
    expect(row).toEqual({ partner: stays.id });
  });

  it('have the channel account manager whose e-mail address owns the account there', async () => {
    await using crm = await startDecidingCrm(kind);
    const partner = await partnerNamed(crm, partnerNames[0]);
    const { id, owner } = partner;
    await followAccounts(crm, partner);
    const [person] = await crm.deps.db.execute<{ email: string }>(
      sql`select email from crm_owner where ext_id = ${owner} and connection_id = ${crm.connection.id}`,
    );
    expect(person?.email).toContain('@');
    const { person: actor } = await createLoginLink(crm.deps, { email: 'ada@vendor.test', role: 'admin' });
    const email = person?.email.toLowerCase() ?? '';
    await saveChannelRole(crm.deps, { email, role: 'cam', partner: null }, { ...actor, role: 'admin' });
    const terms = await partnerTerms(crm.deps.db, [id]);
    expect(terms(id, '2026-10-05').cam).toBe(email);
  });
});
