import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { reconcileObject } from '#src/operations/pull/reconcile-object.ts';
import { startBootedService } from '#test/support/snapshot.ts';

it('a formula whose result changes without a stamp is noticed by the daily comparison', async () => {
  await using service = await startBootedService();
  const { deps, addresses } = service;
  const [one] = await deps.db.execute<{ connectionId: string; extId: string; recordId: string }>(sql`
    select l.connection_id as "connectionId", l.ext_id as "extId", l.record_id as "recordId"
      from link l join remote_record r using (connection_id, object, ext_id)
     where l.object = 'Account' and r.modified_at < now() - interval '1 day' order by 2 limit 1`);
  if (!one) throw new Error('no account that has not changed for a day');
  const territory = async () =>
    (
      await deps.db.execute<{ territory: unknown }>(
        sql`select territory from account where id = ${one.recordId}`,
      )
    )[0];
  const { connectionId } = one;
  const compare = () =>
    reconcileObject(deps, { connectionId, kind: 'account', acceptRemovals: false }, async () => {});
  // What the first run has written is read back before.
  await compare();
  const before = await territory();
  const response = await fetch(`${addresses.salesforce}/sandbox/fields/calculate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      object: 'Account',
      field: 'Fairway_Territory__c',
      id: one.extId,
      value: 'SE; NO',
    }),
  });
  expect(response.status).toBe(200);
  expect(await compare()).toMatchObject({ repaired: 1, removed: 0 });
  await service.runJob();
  expect(await territory()).not.toEqual(before);
}, 180_000);
