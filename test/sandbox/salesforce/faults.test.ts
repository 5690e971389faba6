import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Connection } from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultRoutes } from '#sandbox/faults.ts';
import { connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

let org: RunningOrg;
let control: FastifyInstance;
let controlUrl: string;
let connection: Connection;

beforeAll(async () => {
  org = await startOrg();
  control = fastify();
  faultRoutes(control, org.faults);
  controlUrl = await control.listen({ host: '127.0.0.1', port: 0 });
  connection = await connectTo(org);
});
afterEach(() => org.faults.clear());
afterAll(async () => {
  await control.close();
  await org.close();
});

async function set(...rules: readonly object[]): Promise<Response> {
  return fetch(`${controlUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rules.map((rule) => ({ vendor: 'salesforce', ...rule }))),
  });
}
const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${org.url}/services/data/v67.0${path}`, {
    ...init,
    headers: { authorization: `Bearer ${connection.accessToken}`, 'content-type': 'application/json' },
  });
const createAccount = (name: string): Promise<Response> =>
  call('/sobjects/Account', { method: 'POST', body: JSON.stringify({ Name: name }) });
const accountsNamed = async (name: string): Promise<number> =>
  (await connection.query(`SELECT COUNT() FROM Account WHERE Name = '${name}'`)).totalSize;

describe('the fault switch', () => {
  it('refuses an unknown fault and names the field', async () => {
    const response = await set({ fault: { kind: 'earthquake' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ problems: [{ field: 'fault.kind' }] });
    const match = await set({ match: { path: '(' }, fault: { kind: 'hang' } });
    expect(await match.json()).toMatchObject({
      problems: [{ field: 'match.path', message: 'not a regular expression' }],
    });
    expect(org.faults.list()).toEqual([]);
  });

  it('lists its rules with how often they matched and struck, and clears them', async () => {
    await set({ match: { path: '/limits', nth: 2 }, fault: { kind: 'status', status: 503 } });
    await call('/limits');
    await call('/limits');
    const listed = (await (await fetch(`${controlUrl}/faults`)).json()) as object;
    expect(listed).toMatchObject({ rules: [{ fault: { kind: 'status', status: 503 }, seen: 2, struck: 1 }] });
    await fetch(`${controlUrl}/faults`, { method: 'DELETE' });
    expect((await call('/limits')).status).toBe(200);
  });

  it('strikes only the calls that match, from the nth on, as many times as configured', async () => {
    await set({
      match: { method: 'get', path: '/limits$', nth: 2, times: 2 },
      fault: { kind: 'status', status: 500 },
    });
    const statuses: number[] = [];
    for (const path of ['/limits', '/sobjects', '/limits', '/limits', '/limits'])
      statuses.push((await call(path)).status);
    expect(statuses).toEqual([200, 200, 500, 500, 200]);
  });

  it('leaves the vendor’s control routes alone', async () => {
    await set({ fault: { kind: 'status', status: 500 } });
    expect([
      (await fetch(`${org.url}/services/data`)).status,
      (await fetch(`${org.url}/sandbox/settings`)).status,
    ]).toEqual([500, 200]);
  });

  it('leaves the other vendor alone', async () => {
    await fetch(`${controlUrl}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ vendor: 'hubspot', fault: { kind: 'status', status: 500 } }),
    });
    expect((await call('/limits')).status).toBe(200);
  });
});

describe('faults of a whole call', () => {
  it('answers with the status, the wait and the vendor’s body, or with a given body', async () => {
    await set({ match: { times: 1 }, fault: { kind: 'status', status: 503, retryAfterSeconds: 7 } });
    const first = await call('/limits');
    expect([first.status, first.headers.get('retry-after'), await first.json()]).toEqual([
      503,
      '7',
      [{ message: 'Server unavailable, please try again', errorCode: 'SERVER_UNAVAILABLE' }],
    ]);
    await set({ fault: { kind: 'status', status: 418, body: { tea: true } } });
    expect(await (await call('/limits')).json()).toEqual({ tea: true });
  });

  it('makes the caller wait when it is slow, and then does the work', async () => {
    await set({ fault: { kind: 'slow', ms: 60 } });
    const startedAt = performance.now();
    expect((await createAccount('Slow')).status).toBe(201);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59);
  });

  it('never answers when it hangs, and still closes', async () => {
    const other = await startOrg();
    other.faults.add({ vendor: 'salesforce', fault: { kind: 'hang' } });
    const hung = fetch(`${other.url}/services/data`).then(
      () => 'answered',
      () => 'cut off',
    );
    expect(await Promise.race([hung, new Promise((done) => setTimeout(done, 100, 'waiting'))])).toBe(
      'waiting',
    );
    await other.close();
    expect(await hung).toBe('cut off');
  });

  it('has done nothing when the line is cut before, and everything when it is cut after', async () => {
    await set({ match: { method: 'POST', times: 1 }, fault: { kind: 'cut', when: 'before' } });
    await expect(createAccount('Cut before')).rejects.toThrow('fetch failed');
    org.faults.clear();
    await set({ match: { method: 'POST', times: 1 }, fault: { kind: 'cut', when: 'after' } });
    await expect(createAccount('Cut after')).rejects.toThrow('fetch failed');
    expect([await accountsNamed('Cut before'), await accountsNamed('Cut after')]).toEqual([0, 1]);
  });

  it('ends every session when the tokens expire', async () => {
    await set({ match: { times: 1 }, fault: { kind: 'expire_tokens' } });
    const response = await call('/limits');
    expect([response.status, await response.json()]).toMatchObject([
      401,
      [{ errorCode: 'INVALID_SESSION_ID' }],
    ]);
    connection = await connectTo(org);
    expect((await call('/limits')).status).toBe(200);
  });
});
