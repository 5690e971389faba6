import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Deps } from '#src/deps.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { scheduleDueHints } from '#src/operations/hints/record-hints.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture, type HintsFixture } from '#test/operations/hints/hints-fixture.ts';

let fixture: HintsFixture;
let deps: Deps;
beforeAll(async () => {
  fixture = await startHintsFixture(sampleWith(4));
  deps = fixture.deps;
}, 60_000);
afterEach(async () => {
  fixture.faults.clear();
  await deps.db.execute(sql`delete from hint`);
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** Sends a request that is signed as the vendor signs it, by somebody who has the secret of the app. */
async function sendErasure(objectId: string): Promise<void> {
  const body = JSON.stringify([
    { subscriptionType: 'object.privacyDeletion', objectTypeId: '0-3', objectId: Number(objectId) },
  ]);
  const timestamp = String(deps.clock().getTime());
  const signature = createHmac('sha256', fixture.clientSecret)
    .update(`POST${fixture.webhookUrl}${body}${timestamp}`)
    .digest('base64');
  const response = await fetch(fixture.webhookUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-hubspot-request-timestamp': timestamp,
      'x-hubspot-signature-v3': signature,
    },
    body,
  });
  expect(response.status).toBe(204);
}

const serve = () => processHints(deps, { connectionId: fixture.connection.id, roundEveryMs: 0 }, noProgress);

async function dealNamed(name: string): Promise<string> {
  const [row] = await deps.db.execute<{ ext_id: string }>(
    sql`select ext_id from remote_record where object = 'deals' and fields ->> 'dealname' = ${name}`,
  );
  return row?.ext_id ?? expect.fail(`there is no ${name}`);
}

const stored = async (extId: string) =>
  (
    await deps.db.execute<{ name: string; fields: object }>(sql`
      select o.name, r.fields from opportunity o join link l on l.record_id = o.id
      join remote_record r on r.object = l.object and r.ext_id = l.ext_id where l.object = 'deals' and l.ext_id = ${extId}`)
  )[0];
const waiting = async () =>
  (await deps.db.execute<{ n: number }>(sql`select count(*)::int as n from hint where erased`))[0]?.n;
/** Lets the wait of rechecks pass. */
const waitOver = () => deps.db.execute(sql`update hint set last_at = last_at - interval '3 days'`);

it('a signed erasure of a record that lives in the CRM erases nothing, however often it is asked again', async () => {
  const extId = await dealNamed('Pumps 0');
  await sendErasure(extId);
  for (let n = 0; n < 8; n += 1) {
    await serve();
    await waitOver();
  }
  expect(await stored(extId)).toMatchObject({ name: 'Pumps 0', fields: { dealname: 'Pumps 0' } });
  expect(await waiting()).toBe(0);
});

it('an erasure is not done while the CRM refuses to say whether the record exists, and is done later', async () => {
  const extId = await dealNamed('Pumps 1');
  await fixture.control('POST', '/erase', { objectType: 'deals', id: extId, userId: 7 });
  await sendErasure(extId);
  for (const status of [403, 500]) {
    fixture.faults.add({
      vendor: 'hubspot',
      match: { path: 'deals/batch/read' },
      fault: { kind: 'status', status },
    });
    await expect(serve()).rejects.toThrow(ConnectorError);
    expect(await stored(extId)).toMatchObject({ name: 'Pumps 1' });
    expect(await waiting()).toBe(1);
    fixture.faults.clear();
  }
  await serve();
  expect(await stored(extId)).toEqual({ name: 'Erased', fields: {} });
  expect(await waiting()).toBe(0);
});

it('a record in the bin of the CRM is not erased: it comes back with its values, or is erased once it left the bin', async () => {
  const [back, gone] = [await dealNamed('Pumps 2'), await dealNamed('Pumps 3')];
  for (const id of [back, gone]) {
    await fixture.control('POST', '/archive', { objectType: 'deals', id, userId: 7 });
    await sendErasure(id);
  }
  await serve();
  expect([(await stored(back))?.name, (await stored(gone))?.name]).toEqual(['Pumps 2', 'Pumps 3']);
  expect(await waiting()).toBe(2);
  await fixture.control('POST', '/restore', { objectType: 'deals', id: back, userId: 7 });
  await fixture.control('POST', '/erase', { objectType: 'deals', id: gone, userId: 7 });
  await serve();
  expect(await waiting()).toBe(2);
  await waitOver();
  await scheduleDueHints(deps);
  await serve();
  expect(await stored(gone)).toEqual({ name: 'Erased', fields: {} });
  expect((await stored(back))?.name).toBe('Pumps 2');
});
