import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownsTables } from '#src/db/application-role.ts';
import { audit, firstBrokenLink } from '#src/db/people/audit-store.ts';
import { prepareDatabase, type Deps } from '#src/deps.ts';
import { openOutbound } from '#src/outbound/open-outbound.ts';
import { anchorAuditTrail, checkAnchors } from '#src/operations/people/anchor-audit.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startHttp } from '#test/http/http-test.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { emptyDatabase, type TestDatabase } from '#test/support/database.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { startService } from '#test/support/service.ts';

const appendOnly = [
  'audit_event',
  'journal_tx',
  'posting',
  'program_version',
  'lifecycle_programme',
  'registration_event',
  'book_event',
  'book_state',
  'ledger_bucket',
  'incentive_line',
  'ledger_seal',
];

async function addEntries(deps: Deps, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const entry = {
      actorId: null,
      action: `registration.approved`,
      subjectKind: 'registration',
      subjectId: deps.ids(),
      before: null,
      after: { n },
      reason: null,
    } as const;
    await deps.db.transaction((tx) => audit(tx, [entry], deps.clock()));
  }
}

/** The first step of an attacker with the owner's role. */
const disableTriggers = (deps: Deps) => deps.db.execute(sql`alter table audit_event disable trigger user`);

describe('the append-only tables', () => {
  let test: TestDeps;
  beforeAll(async () => {
    test = await startDeps();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it.each([...appendOnly, 'payout_line', 'period', 'mapping_version', 'ledger_book', 'book_close'])(
    'are not emptied by their owner with TRUNCATE: %s',
    async (table) => {
      const name = sql.identifier(table);
      await expect(test.deps.db.execute(sql`truncate ${name} cascade`)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('is append-only') },
      });
    },
  );
});

describe('the application’s role', () => {
  let database: TestDatabase;
  let url: string;
  let role: string;
  let client: postgres.Sql;
  beforeAll(async () => {
    database = await emptyDatabase();
    role = `fairway_app_${randomBytes(4).toString('hex')}`;
    const address = new URL(database.url);
    address.username = role;
    address.password = 'p%27q'; // with a quotation mark
    url = address.href;
    await prepareDatabase({ ownerUrl: database.url, url });
    client = postgres(url, { max: 1, onnotice: () => {} });
  });
  afterAll(async () => {
    await client.end();
    const owner = postgres(database.url, { max: 1, onnotice: () => {} });
    await owner.unsafe(`drop owned by ${role}; drop role ${role}`);
    await owner.end();
    await database.drop();
  });

  it.each(appendOnly)('cannot change, delete or empty %s, nor disable what protects it', async (table) => {
    const [column] = await client`
      select attname from pg_attribute where attrelid = ${table}::regclass and attnum > 0 limit 1`;
    for (const statement of [
      `update ${table} set ${column?.['attname']} = null`,
      `delete from ${table}`,
      `truncate ${table}`,
      `alter table ${table} disable trigger user`,
      `drop trigger ${table}_append_only on ${table}`,
      `drop table ${table} cascade`,
      `set session_replication_role = replica`,
      `create or replace function append_only() returns trigger language plpgsql as 'begin return new; end'`,
    ])
      expect({ statement, code: await refusalCode(client, statement) }).toEqual({ statement, code: '42501' });
  });

  it('owns nothing and cannot create anything', async () => {
    const [owned] =
      await client`select count(*)::int as count from pg_class where pg_has_role(current_user, relowner, 'member')`;
    expect(owned?.['count']).toBe(0);
    await expect(client`create table public.mine (id int)`).rejects.toMatchObject({ code: '42501' });
    await expect(client`create schema mine`).rejects.toMatchObject({ code: '42501' });
  });

  it('does the whole main job, on the queue in PostgreSQL too', { timeout: 300_000 }, async () => {
    await using service = await startService({ databaseUrl: url, queue: 'postgresql' });
    expect(await ownsTables(service.deps.db)).toBe(false);
    const { summary } = await service.runJobAndRest();
    expect(summary).toMatchObject({ problems: 0, registrations: { total: 200 } });
    expect(summary.payouts).toBeGreaterThan(0);
    // Preparing again, as each start does, takes nothing away.
    await prepareDatabase({ ownerUrl: database.url, url });
    const again = (await service.runJobAndRest()).summary;
    expect(again.written).toMatchObject({ salesforce: 0, hubspot: 0 });
    expect(await firstBrokenLink(service.deps.db)).toBeNull();
  });
});

describe('the chain of the audit trail', () => {
  it('shows a change even when every hash was worked out again', async () => {
    await using test = await startDeps();
    await addEntries(test.deps, 4);
    await disableTriggers(test.deps);
    const rows = await test.deps.db.execute<Record<string, unknown>>(
      sql`select *, id::text as key from audit_event order by id`,
    );
    let previous = '0'.repeat(64);
    for (const row of rows) {
      const after = { n: 99 };
      const at = new Date(row['at'] as string).toISOString();
      const parts = [
        previous,
        at,
        row['actor_id'],
        row['action'],
        row['subject_kind'],
        row['subject_id'],
        row['before'],
        after,
        row['reason'],
      ];
      const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
      await test.deps.db.execute(sql`
        update audit_event set "after" = ${JSON.stringify(after)}::text::jsonb, previous_hash = ${previous}, hash = ${hash} where id = ${row['key'] as string}::bigint`);
      previous = hash;
    }
    await addEntries(test.deps, 1);
    expect(await firstBrokenLink(test.deps.db)).not.toBeNull();
  });

  it('believes only as many entries without a key as somebody knows of', async () => {
    await using test = await startDeps();
    const [at, id, zero] = [new Date('2026-01-01T00:00:00Z'), test.deps.ids(), '0'.repeat(64)];
    const parts = [
      zero,
      at.toISOString(),
      null,
      'person.invited',
      'person',
      id,
      null,
      { role: 'admin' },
      null,
    ];
    const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    await test.deps.db.execute(sql`
      insert into audit_event (at, action, subject_kind, subject_id, "after", previous_hash, hash)
      values (${at.toISOString()}::timestamptz, 'person.invited', 'person', ${id}::uuid, '{"role":"admin"}', ${zero}, ${hash})`);
    expect(await firstBrokenLink(test.deps.db, 1)).toBeNull();
    expect(await firstBrokenLink(test.deps.db)).not.toBeNull();
    await addEntries(test.deps, 1);
    expect(await firstBrokenLink(test.deps.db, 1)).toBeNull();
  });
});

describe('the anchors of the audit trail', () => {
  it('show that the last entries were deleted', async () => {
    await using test = await startDeps();
    await addEntries(test.deps, 3);
    await anchorAuditTrail(test.deps);
    await addEntries(test.deps, 2);
    await anchorAuditTrail(test.deps);
    expect(await checkAnchors(test.deps)).toEqual({ anchors: 2, lost: null });
    await disableTriggers(test.deps);
    await test.deps.db.execute(sql`delete from audit_event where id > (select min(id) + 3 from audit_event)`);
    expect(await firstBrokenLink(test.deps.db)).toBeNull();
    const { lost } = await checkAnchors(test.deps);
    expect(lost).not.toBeNull();
    await addEntries(test.deps, 3);
    expect((await checkAnchors(test.deps)).lost).toEqual(lost);
  });

  it('reach another system, and its failure stops nothing', async () => {
    const received: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk) => received.push(String(chunk))).on('end', () => response.end());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const auditWebhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/anchors`;
    await using test = await startDeps();
    using outbound = openOutbound({ privateHosts: ['127.0.0.1'] });
    const deps = {
      ...test.deps,
      outbound: outbound.call,
      config: { ...test.deps.config, auditWebhookUrl },
    };
    await addEntries(deps, 1);
    await anchorAuditTrail(deps);
    await anchorAuditTrail(deps);
    expect(received.map((text) => JSON.parse(text))).toMatchObject([
      { entry: '1', hash: expect.stringMatching(/^hmac:/) },
    ]);
    server.close();
    server.closeAllConnections();
    await addEntries(deps, 1);
    await anchorAuditTrail(deps);
    const lines = (await readFile(join(test.dir, 'audit-anchors.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
  });
});

describe('the audit trail has', () => {
  const actionsOf = async (deps: Deps) =>
    (
      await deps.db.execute<Record<string, unknown>>(
        sql`select action, subject_id::text as subject, "after" from audit_event where subject_kind = 'access' order by id`,
      )
    ).map(({ action, after }) => [action, after]);

  it('sign-ins, failed sign-ins, refusals and downloads', async () => {
    await using http = await startHttp();
    await seedConsole(http.deps);
    const viewer = await http.as('viewer');
    const finance = await http.as('finance');
    const [batch] = await http.deps.db.execute<{ id: string }>(
      sql`select id from payout_batch order by key limit 1`,
    );
    const stranger = await http.as(null);
    const { token, person } = await createLoginLink(http.deps, { email: 'vera@vendor.test', role: 'viewer' });
    for (const secret of [token, 'x'.repeat(43)])
      await stranger({ method: 'POST', url: '/api/sign-in', payload: { token: secret } });
    await viewer({ method: 'POST', url: '/api/people', payload: {} });
    await viewer({ url: `/api/payouts/${batch?.id}/csv` });
    const file = await finance({ url: `/api/payouts/${batch?.id}/csv` });
    expect(file.statusCode).toBe(200);
    const trail = await http.deps.db.execute<{ subject: string }>(
      sql`select subject_id::text as subject from audit_event where action = 'access.signed_in'`,
    );
    expect([...trail]).toEqual([{ subject: person.id }]);
    expect(await actionsOf(http.deps)).toMatchObject([
      ['access.signed_in', {}],
      ['access.refused', { route: '/api/sign-in', code: 'not_signed_in', address: '127.0.0.1' }],
      ['access.refused', { route: '/api/people', method: 'POST', code: 'not_allowed' }],
      ['access.refused', { route: '/api/payouts/:id/csv', code: 'not_allowed' }],
      ['access.downloaded', { about: batch?.id, file: expect.stringMatching(/^payouts-/) }],
    ]);
    expect(await firstBrokenLink(http.deps.db)).toBeNull();
  });

  it('at most 60 refusals a minute, so that a stranger cannot fill it', async () => {
    await using http = await startHttp();
    const viewer = await http.as('viewer');
    const before = (await actionsOf(http.deps)).length;
    for (let n = 0; n < 70; n += 1) await viewer({ method: 'POST', url: '/api/people', payload: {} });
    expect((await actionsOf(http.deps)).length - before).toBe(60);
  });
});

/** The SQLSTATE with which PostgreSQL refuses a statement; null when it is carried out. */
async function refusalCode(client: postgres.Sql, statement: string): Promise<string | null> {
  try {
    await client.unsafe(statement);
    return null;
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}
