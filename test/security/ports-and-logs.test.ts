import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '#src/cli/local/sandbox.ts';
import { buildLog } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { startHttp } from '#test/http/http-test.ts';
import { startDeps } from '#test/support/deps.ts';

type LogLine = Readonly<Record<string, unknown>>;

function recorder(level: string) {
  const lines: string[] = [];
  const log = buildLog(level, { write: (line) => void lines.push(line) });
  return { log, text: () => lines.join(''), parsed: () => lines.map((line) => JSON.parse(line) as LogLine) };
}

describe('the log', () => {
  it('names who was refused what at info, without the token and the body of the request', async () => {
    await using http = await startHttp();
    const { log, text, parsed } = recorder('info');
    await using app = buildApp({ ...http.deps, log });
    const send = (url: string, payload: string, cookies = {}) =>
      app.inject({
        method: 'POST',
        url,
        payload,
        cookies,
        headers: { 'content-type': 'application/json', 'x-fairway': '1' },
      });
    await send('/api/sign-in?token=s3cret-in-address', '{"token":"s3cret-that-is-long-enough-x"}');
    await send('/api/sign-in', '{"token":"s3cret-in-a-broken-body');
    await send('/api/people', '{}', await http.cookiesOf('viewer', 's3cret-free'));
    await send('/webhooks/nowhere/s3cret-of-webhook', '{}');
    const refused = parsed().filter(({ msg }) => msg === 'request refused');
    expect(refused).toMatchObject([
      { code: 'not_signed_in', method: 'POST', route: '/api/sign-in', address: '127.0.0.1' },
      { code: 'bad_request', route: '/api/sign-in' },
      { code: 'not_allowed', route: '/api/people', person: expect.stringMatching(/^[\da-f-]{36}$/) },
    ]);
    expect(text()).not.toContain('s3cret');
  });

  it('never has a secret, at any depth, in a text or in an error', () => {
    const { log, text } = recorder('trace');
    log.info({ connection: { secrets: { privateKeyPem: 's3cret' }, list: [{ accessToken: 's3cret' }] } });
    log.info({ password: 's3cret', deep: { deeper: { Authorization: 's3cret', set_cookie: 's3cret' } } });
    log.info({ url: 'postgres://fairway:s3cret@db:5432/fairway', link: 'https://x/sign-in?token=s3cret' });
    log.warn({ headers: 'authorization: Bearer s3cret.s3cret' }, 'sent');
    log.error({ err: new Error('connect postgres://fairway:s3cret@db failed') });
    log.error({ err: new Error('outer', { cause: new Error('POST https://h/webhooks/id/s3cret') }) });
    expect(text()).not.toContain('s3cret');
    expect(text()).toContain('(removed)');
  });

  it('has statements at debug only, and values never', async () => {
    await using service = await startDeps();
    const failing = service.deps.db.execute(sql`select ${'a customer'} from no_such_table`);
    const error = await failing.then(
      () => null,
      (reason: unknown) => reason,
    );
    const [info, debug] = [recorder('info'), recorder('debug')];
    for (const { log } of [info, debug]) log.error({ err: error }, 'failed');
    expect(info.text()).toContain('no_such_table');
    expect(info.text()).not.toMatch(/select/i);
    expect(debug.text()).toContain('select $1 from no_such_table');
    expect(debug.text()).not.toContain('a customer');
  });

  it(
    'and the command line show no statement when the database refuses one',
    { timeout: 120_000 },
    async () => {
      await using service = await startDeps();
      await service.deps.db.execute(sql`alter table audit_event rename to audit_event_away`);
      const ended = spawnSync(process.execPath, ['src/cli/main.ts', 'verify', '--json'], {
        env: { ...process.env, ...service.env },
        encoding: 'utf8',
      });
      expect(ended.status).toBe(1);
      expect(ended.stderr).toContain('relation "audit_event" does not exist');
      expect(`${ended.stderr}${ended.stdout}`).not.toMatch(/select |Failed query|params/i);
    },
  );
});

describe('/metrics', () => {
  const get = (app: ReturnType<typeof buildApp>, headers = {}) =>
    app.inject({ url: '/metrics', remoteAddress: '127.0.0.1', headers });

  it('does not answer a proxy that adds no header, when the service has a public address', async () => {
    await using http = await startHttp({ publicUrl: 'https://fairway.example' });
    expect((await get(http.app)).statusCode).toBe(404);
  });

  it('does not answer a page whose name points to this machine', async () => {
    await using http = await startHttp();
    expect((await get(http.app, { host: 'evil.example:4700' })).statusCode).toBe(404);
    expect((await get(http.app, { host: 'localhost:4700' })).statusCode).toBe(200);
  });

  it('with a key answers only who sends it, from anywhere', async () => {
    await using http = await startHttp({ publicUrl: 'https://fairway.example' });
    const metricsKey = 'k'.repeat(40);
    await using app = buildApp({ ...http.deps, config: { ...http.deps.config, metricsKey } });
    expect((await get(app)).statusCode).toBe(404);
    expect((await get(app, { authorization: `Bearer ${metricsKey}x` })).statusCode).toBe(404);
    const scraped = await app.inject({
      url: '/metrics',
      remoteAddress: '10.0.0.7',
      headers: { authorization: `Bearer ${metricsKey}` },
    });
    expect(scraped.statusCode).toBe(200);
    expect(scraped.body).toContain('fairway_registrations_waiting');
  });
});

describe('the control ports of the sandbox', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fairway-test-'));
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox(dir);
  });
  afterAll(async () => {
    await sandbox.stop();
    rmSync(dir, { recursive: true });
  });
  const statusOf = async (url: string, headers = {}) => (await fetch(url, { headers })).status;

  it('answer nothing without the key', async () => {
    const { origin } = new URL(sandbox.addresses.control);
    expect(await statusOf(`${origin}/faults`)).toBe(404);
    expect(await statusOf(`${origin}/${'x'.repeat(32)}/calls/hubspot`)).toBe(404);
    const seed = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"erpDir":"/"}' };
    expect((await fetch(`${origin}/seed`, seed)).status).toBe(404);
  });

  it('answer with the key, which a second start of the sandbox has again', async () => {
    expect(await statusOf(`${sandbox.addresses.control}/faults`)).toBe(200);
    const before = new URL(sandbox.addresses.control).pathname;
    await sandbox.stop();
    sandbox = await startSandbox(dir);
    expect(new URL(sandbox.addresses.control).pathname).toBe(before);
    expect(before.length).toBeGreaterThan(30);
  });

  it('include what people do in the vendors’ user interfaces', async () => {
    const key = new URL(sandbox.addresses.control).pathname.slice(1);
    for (const vendor of ['salesforce', 'hubspot'] as const) {
      for (const path of ['/sandbox/settings', '/%73andbox/settings', '//sandbox/settings'])
        expect([vendor, path, await statusOf(`${sandbox.addresses[vendor]}${path}`)]).not.toContain(200);
      const settings = `${sandbox.addresses[vendor]}/sandbox/settings`;
      expect(await statusOf(settings, { 'x-sandbox-key': key })).toBe(200);
    }
  });
});
