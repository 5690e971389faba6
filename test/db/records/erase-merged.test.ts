import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { saveAccounts, saveOpportunities, savePartners } from '#src/db/records/account-store.ts';
import { eraseRecords } from '#src/db/records/erase-store.ts';
import { mergeAccountRows } from '#src/db/sync/merge-store.ts';
import { saveRegistrations } from '#src/db/registrations/registration-store.ts';
import { saveLinks } from '#src/db/records/link-store.ts';
import { connection } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { startDeps } from '#test/support/deps.ts';

it('a merged account is erased with its survivor, and so are the findings about it', async () => {
  await using test = await startDeps({ now: '2026-11-18T10:00:00Z' });
  const { db, ids, clock, config } = test.deps;
  const [connectionId, mergedId, survivorId, seller, partnerId] = [ids(), ids(), ids(), ids(), ids()];
  const secrets = sealSecrets(config.masterKey, connectionId, {});
  await db
    .insert(connection)
    .values([{ id: connectionId, kind: 'files', name: 'CRM', settings: {}, secrets, createdAt: clock() }]);
  await saveAccounts(db, [
    { id: mergedId, name: 'Zebra Handels GmbH', domain: 'zebra.example', phone: '+49 89 63600' },
    { id: survivorId, name: 'Quagga AG', domain: 'quagga.example', phone: null },
    { id: seller, name: 'Reseller', domain: null, phone: null },
  ]);
  await savePartners(db, [{ id: partnerId, accountId: seller, name: 'Reseller', code: 'P-1' }]);
  await saveOpportunities(db, [
    { id: ids(), accountId: mergedId, name: 'Deal', isClosed: true, isWon: true, closeDate: '2025-01-10' },
  ]);
  const submitted = {
    id: ids(),
    number: 'DR-1',
    partnerId,
    customerName: 'Z. Handel',
    customerDomain: 'zebra.example',
    submittedAt: clock(),
  };
  await saveRegistrations(db, [submitted]);
  await evaluateRegistrations(test.deps, async () => {});
  await db.transaction((tx) => mergeAccountRows(tx, [{ mergedId, survivorId }], clock()));
  await saveLinks(db, [
    { connectionId, object: 'Account', extId: 'A-1', kind: 'account', recordId: survivorId },
  ]);
  await db.transaction((tx) => eraseRecords(tx, connectionId, 'Account', ['A-1'], clock()));
  const [left] = await db.execute<{ accounts: number; cases: number }>(sql`select
    (select count(*)::int from account a where to_jsonb(a)::text ~* 'zebra|quagga|63600') as accounts,
    (select count(*)::int from conflict_case k where to_jsonb(k)::text ~* 'zebra handels') as cases`);
  expect(left).toEqual({ accounts: 0, cases: 0 });
});
