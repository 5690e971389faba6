import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { startTwoWayWorld } from '#test/operations/two-way-fixture.ts';

it('a reason of several lines is written to Salesforce once, although it stores line breaks differently', async () => {
  await using world = await startTwoWayWorld();
  const { deps, personId } = world;
  const [waiting] = await deps.db.execute<{ id: string }>(sql`
    select r.id from registration r join link l on l.record_id = r.id join connection c on c.id = l.connection_id
     where c.kind = 'salesforce' and r.status = 'in_review' order by r.number limit 1`);
  const reason = 'Sold before.\nSee deal 12.';
  await reviewRegistration(deps, { registrationId: waiting?.id ?? '', decision: 'reject', reason, personId });
  await world.sync();
  // The job of the decision may write it after this run has read: then the next one reads what Salesforce stored.
  expect((await world.sync()).salesforce).toBe(0);
  const [stored] = await deps.db.execute<{ reason: string }>(sql`
    select r.fields ->> 'Reason__c' as reason from remote_record r join link l using (connection_id, object, ext_id)
     where l.record_id = ${waiting?.id ?? ''}`);
  expect(stored?.reason).toBe('Sold before.\r\nSee deal 12.');
  expect((await world.sync()).salesforce).toBe(0);
}, 180_000);
