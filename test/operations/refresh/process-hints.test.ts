import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector, Hint } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { waitingHints } from '#src/db/sync/hint-store.ts';
import { lockDecisions } from '#src/db/registrations/registration-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveShadows } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { emptyShadow } from '#src/domain/sync/shadow.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture, type HintsFixture } from '#test/operations/hints/hints-fixture.ts';

const registrations = 'p_fairway_registration';

let fixture: HintsFixture;
let deps: Deps;
beforeAll(async () => {
  fixture = await startHintsFixture(sampleWith(3));
  deps = fixture.deps;
}, 60_000);
afterEach(() => fixture.faults.clear());
afterAll(() => fixture[Symbol.asyncDispose]());

const sendHint = (...hints: Hint[]) =>
  deps.db.transaction((tx) =>
    recordHints(deps, tx, { connection: fixture.connection, hints, via: 'webhook' }),
  );
const serve = (through: Deps = deps) =>
  processHints(through, { connectionId: fixture.connection.id, roundEveryMs: 0 }, noProgress);
const waiting = async () =>
  (await waitingHints(deps.db, fixture.connection.id, { perObject: 500, except: [], now: deps.clock() }))
    .length;

/** Vendor ids of what the sample made, by its name. */
async function extIdOf(object: string, name: string): Promise<string> {
  const [row] = await deps.db.execute<{ ext_id: string }>(
    sql`select ext_id from remote_record where object = ${object} and ${name} in (fields ->> 'name', fields ->> 'dealname', fields ->> 'number')`,
  );
  return row?.ext_id ?? expect.fail(`there is no ${name}`);
}

const edit = (objectType: string, id: string, properties: Record<string, string>) =>
  fixture.control('POST', '/edit', { objectType, id, properties, userId: 7 });
const shown = async (object: string, id: string, property: string): Promise<string | null> =>
  (await fixture.call('GET', `/crm/objects/2026-09/${object}/${id}?properties=${property}`)).properties[
    property
  ];
const nameOf = async (extId: string) =>
  (
    await deps.db.execute<{ name: string }>(
      sql`select o.name from opportunity o join link l on l.record_id = o.id where l.ext_id = ${extId}`,
    )
  )[0]?.name;

/** A partner registers a new customer: the record is linked to the partner. */
async function register(
  number: string,
  customerName: string,
  more: Record<string, string> = {},
): Promise<string> {
  const properties = {
    number,
    customer_name: customerName,
    customer_country: 'FR',
    product_family: 'Pumps',
    deal_type: 'new',
    amount: '900',
    currency: 'EUR',
    submitted_at: new Date().toISOString(),
    ...more,
  };
  const { id } = await fixture.control('POST', '/edit', { objectType: registrations, properties, userId: 7 });
  await fixture.control('POST', '/associate', {
    objectType: registrations,
    id,
    toObjectType: 'companies',
    toId: await extIdOf('companies', 'Northwind Partners'),
    userId: 7,
  });
  return id;
}

describe('serving hints', () => {
  it('fetches what they name in one call an object, and forgets them', async () => {
    const ids = await Promise.all(['Pumps 0', 'Pumps 1', 'Pumps 2'].map((name) => extIdOf('deals', name)));
    for (const [n, id] of ids.entries()) await edit('deals', id, { dealname: `Valves ${n}` });
    await sendHint(...ids.map((extId) => ({ object: 'deals', extId })));
    const before = (await fixture.calls()).length;
    await serve();
    expect(await Promise.all(ids.map(nameOf))).toEqual(['Valves 0', 'Valves 1', 'Valves 2']);
    expect((await fixture.calls()).slice(before)).toEqual([
      expect.stringContaining('deals/batch/read'),
      expect.stringContaining('associations'),
      // The owners of deals are named to employees, in the registration that these deals compete with.
      expect.stringContaining('owners'),
      expect.stringContaining('registration/batch/update'),
    ]);
    expect(await waiting()).toBe(0);
  });

  it('answers a new registration in the CRM', async () => {
    const extId = await register('DR-2026-0100', 'Brisk Logistics');
    await sendHint({ object: registrations, extId });
    await serve();
    expect(await shown(registrations, extId, 'status')).toBe('approved');
    const again = (await fixture.calls()).length;
    await serve();
    expect((await fixture.calls()).length).toBe(again);
  });

  it('places what waited for a record that is only now reported', async () => {
    const { id: company } = await fixture.control('POST', '/edit', {
      objectType: 'companies',
      properties: { name: 'Late Company' },
      userId: 7,
    });
    const { id: deal } = await fixture.control('POST', '/edit', {
      objectType: 'deals',
      properties: { dealname: 'Early deal' },
      userId: 7,
    });
    await fixture.control('POST', '/associate', {
      objectType: 'deals',
      id: deal,
      toObjectType: 'companies',
      toId: company,
      userId: 7,
    });
    await sendHint({ object: 'deals', extId: deal });
    await serve();
    expect(await nameOf(deal)).toBeUndefined();
    await sendHint({ object: 'companies', extId: company });
    await serve();
    expect(await nameOf(deal)).toBe('Early deal');
  });

  it('decides again a registration whose rival has gone, and writes it to the CRM', async () => {
    const first = await register('DR-2026-0200', 'Cobalt Mining', { product_family: '' });
    const second = await register('DR-2026-0201', 'Cobalt Mining', {
      submitted_at: new Date(Date.now() + 1_000).toISOString(),
    });
    await sendHint({ object: registrations, extId: first }, { object: registrations, extId: second });
    await serve();
    expect(await shown(registrations, second, 'status')).toBe('in_review');
    await fixture.control('POST', '/archive', { objectType: registrations, id: first, userId: 7 });
    await sendHint({ object: registrations, extId: first });
    await serve();
    const [row] = await deps.db.execute<{ status: string }>(
      sql`select status from registration where number = 'DR-2026-0201'`,
    );
    expect(row?.status).toBe('approved');
    const jobs = await deps.db.execute<{ name: string }>(
      sql`select name from job where name = 'write-back' and status in ('waiting', 'queued')`,
    );
    expect(jobs).toHaveLength(1);
  });

  it('removes a registration from the deal that it has left', async () => {
    const deal = await extIdOf('deals', 'Valves 0');
    const registration = await extIdOf(registrations, 'DR-2026-0001');
    expect(await shown('deals', deal, 'fairway_registration_status')).not.toBeNull();
    await fixture.control('POST', '/archive', { objectType: registrations, id: registration, userId: 7 });
    await sendHint({ object: registrations, extId: registration });
    await serve();
    expect(await shown('deals', deal, 'fairway_registration_status')).toBeNull();
  });

  it('reads an object again when the hint has no id', async () => {
    const id = await extIdOf('deals', 'Valves 1');
    await edit('deals', id, { dealname: 'Told in general' });
    await sendHint({ object: 'deals', extId: null });
    await serve();
    expect(await nameOf(id)).toBe('Told in general');
    expect(await waiting()).toBe(0);
  });

  it('loses no hint that comes while its record is fetched', async () => {
    const id = await extIdOf('deals', 'Told in general');
    await edit('deals', id, { dealname: 'First' });
    await sendHint({ object: 'deals', extId: id });
    let fetches = 0;
    await serve(
      fetching(async (fetch) => {
        const found = await fetch();
        fetches += 1;
        if (fetches === 1) {
          await edit('deals', id, { dealname: 'Second' });
          await sendHint({ object: 'deals', extId: id });
        }
        return found;
      }),
    );
    expect([fetches, await nameOf(id), await waiting()]).toEqual([2, 'Second', 0]);
  });

  it('leaves hints where they are when the vendor does not answer, and serves them later', async () => {
    const id = await extIdOf('deals', 'Second');
    await edit('deals', id, { dealname: 'Third' });
    await sendHint({ object: 'deals', extId: id });
    fixture.faults.add({
      vendor: 'hubspot',
      match: { path: 'deals/batch/read' },
      fault: { kind: 'status', status: 503 },
    });
    await expect(serve()).rejects.toThrow(ConnectorError);
    expect(await waiting()).toBe(1);
    fixture.faults.clear();
    await serve();
    expect([await nameOf(id), await waiting()]).toEqual(['Third', 0]);
  });

  it('does not let an object it may not read hold up the others', async () => {
    const [deal, company] = [await extIdOf('deals', 'Third'), await extIdOf('companies', 'Arden Works')];
    await edit('deals', deal, { dealname: 'Fourth' });
    await sendHint({ object: 'deals', extId: deal }, { object: 'companies', extId: company });
    const body = { category: 'MISSING_SCOPES', message: 'This app has no access to companies.' };
    fixture.faults.add({
      vendor: 'hubspot',
      match: { path: 'objects/2026-09/companies/batch/read' },
      fault: { kind: 'status', status: 403, body },
    });
    await expect(serve()).rejects.toThrow(ConnectorError);
    expect(await nameOf(deal)).toBe('Fourth');
    expect(await waiting()).toBe(1);
    fixture.faults.clear();
    await serve();
    expect(await waiting()).toBe(0);
  });

  it('answers a registration although the owners of deals cannot be read, and reports that', async () => {
    const extId = await register('DR-2026-0177', 'Quarry Instruments');
    await deps.db.execute(sql`delete from crm_owner`);
    fixture.faults.add({
      vendor: 'hubspot',
      match: { path: 'owners' },
      fault: { kind: 'status', status: 503 },
    });
    await sendHint({ object: registrations, extId });
    await expect(serve()).rejects.toBeInstanceOf(ConnectorError);
    expect(await shown(registrations, extId, 'status')).toBe('approved');
    expect(await waiting()).toBe(0);
  });

  const eraseInCrm = (id: string) =>
    fixture.control('POST', '/erase', { objectType: registrations, id, userId: 7 });

  it('erases what the vendor has erased, after asking whether it is gone', async () => {
    const extId = await register('DR-2026-0250', 'Private Person Consulting', {
      contact_email: 'somebody@private.example',
    });
    await sendHint({ object: registrations, extId });
    await serve();
    await eraseInCrm(extId);
    await sendHint({ object: registrations, extId, erased: true });
    const before = (await fixture.calls()).length;
    await serve();
    expect((await fixture.calls()).slice(before)).toEqual([
      // Its records, then its bin.
      expect.stringMatching(/batch\/read$/),
      expect.stringMatching(/batch\/read$/),
    ]);
    const stored = await deps.db.execute(sql`
      select r::text || w::text || m::text as words from registration r join link l on l.record_id = r.id
      join remote_record m using (ext_id) left join write_intent w on w.record_id = r.id where l.ext_id = ${extId}`);
    expect(JSON.stringify(stored)).not.toMatch(/private/i);
    expect([stored.length > 0, await waiting()]).toEqual([true, 0]);
  });

  it('erases after a pause what was announced during it', async () => {
    const extId = await register('DR-2026-0251', 'Another Private Person');
    await sendHint({ object: registrations, extId });
    await serve();
    await eraseInCrm(extId);
    await sendHint({ object: registrations, extId, erased: true });
    await deps.db.execute(
      sql`update connection set paused_until = now() + interval '1 hour', pause_reason = 'The limit is used up.'`,
    );
    const served = serve();
    await expect(served).rejects.toMatchObject({ failure: { code: 'PAUSED' } });
    expect(await waiting()).toBe(1);
    await deps.db.execute(sql`update connection set paused_until = null, pause_reason = null`);
    await serve();
    const [record] = await deps.db.execute(
      sql`select fields, deleted from remote_record where ext_id = ${extId}`,
    );
    expect([record, await waiting()]).toEqual([{ fields: {}, deleted: true }, 0]);
  });

  it('waits with an erasure for a decision under way, which would keep what it compared', async () => {
    const extId = await register('DR-2026-0253', 'Fourth Private Person');
    await sendHint({ object: registrations, extId });
    await serve();
    await eraseInCrm(extId);
    await sendHint({ object: registrations, extId, erased: true });
    const lockedOut = async () =>
      (await deps.db.execute(sql`select 1 from pg_locks where locktype = 'advisory' and not granted`))
        .length > 0;
    let erasing: Promise<void> | undefined;
    await deps.db.transaction(async (tx) => {
      await lockDecisions(tx);
      erasing = serve();
      await expect.poll(lockedOut, { timeout: 5_000 }).toBe(true);
      await tx.execute(
        sql`update registration set reason = 'Same as Fourth Private Person' where number = 'DR-2026-0253'`,
      );
    });
    await erasing;
    expect([
      ...(await deps.db.execute(sql`select reason from registration where number = 'DR-2026-0253'`)),
    ]).toEqual([{ reason: null }]);
  });

  it('waits with an erasure for a mapping under way, which would write back what it holds, and a write that ends later keeps nothing', async () => {
    const extId = await register('DR-2026-0252', 'Third Private Person');
    await sendHint({ object: registrations, extId });
    await serve();
    await eraseInCrm(extId);
    await sendHint({ object: registrations, extId, erased: true });
    const lockedOut = async () =>
      (await deps.db.execute(sql`select 1 from pg_locks where locktype = 'advisory' and not granted`))
        .length > 0;
    let erasing: Promise<void> | undefined;
    await deps.db.transaction(async (tx) => {
      await lockObject(tx, fixture.connection.id, registrations);
      erasing = serve();
      await expect.poll(lockedOut, { timeout: 5_000 }).toBe(true);
      await tx.execute(
        sql`update registration set customer_name = 'Third Private Person' where number = 'DR-2026-0252'`,
      );
    });
    await erasing;
    const [row] = await deps.db.execute(
      sql`select customer_name from registration where number = 'DR-2026-0252'`,
    );
    expect(row).toEqual({ customer_name: 'Erased' });
    const late = { ...emptyShadow<string>(), fields: { customer_name: 'Third Private Person' } };
    await saveShadows(deps.db, fixture.connection.id, registrations, new Map([[extId, late]]));
    expect(await deps.db.execute(sql`select 1 from shadow where ext_id = ${extId}`)).toHaveLength(0);
  });

  it('writes after a crash what was planned before it', async () => {
    const extId = await register('DR-2026-0300', 'Delta Shipping');
    await sendHint({ object: registrations, extId });
    const silent: Deps = {
      ...deps,
      connectorFor: (...args) => ({
        ...plain(requireCrm(deps.connectorFor(...args))),
        push: () => Promise.reject(new Error('killed')),
      }),
    };
    await expect(serve(silent)).rejects.toThrow('killed');
    expect([await waiting(), await shown(registrations, extId, 'status')]).toEqual([0, null]);
    await serve();
    expect(await shown(registrations, extId, 'status')).toBe('approved');
  });

  function fetching(
    around: (fetch: () => ReturnType<CrmConnector['fetch']>) => ReturnType<CrmConnector['fetch']>,
  ): Deps {
    return {
      ...deps,
      connectorFor: (...args) => {
        const connector = requireCrm(deps.connectorFor(...args));
        return { ...plain(connector), fetch: (...asked) => around(() => connector.fetch(...asked)) };
      },
    };
  }
});

/** A connector whose methods can be replaced one by one. */
function plain(connector: CrmConnector): CrmConnector {
  return { ...connector, calls: () => connector.calls(), limits: () => connector.limits() };
}
