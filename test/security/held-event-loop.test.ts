import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '#src/http/app.ts';
import { sessionOf } from '#test/http/http-test.ts';
import type { Service } from '#test/support/service.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';

let service: Service;
let app: ReturnType<typeof buildApp>;
let url: string;
let headers: Readonly<Record<string, string>>;
let path: string;
beforeAll(async () => {
  service = await startBootedService();
  app = buildApp(service.deps);
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  const session = await sessionOf(service.deps, 'ops', 'omar');
  headers = { 'content-type': 'application/json', 'x-fairway': '1', cookie: `fairway_session=${session}` };
  const salesforce = (await listConnections(service.deps.db)).find((one) => one.kind === 'salesforce');
  path = `${url}/api/mappings/${salesforce?.id}/Account/draft`;
});
afterAll(async () => {
  await app.close();
  await service[Symbol.asyncDispose]();
});

const bytes = 1_900_000;
const filled = (part: string): string => part.repeat(Math.floor(bytes / part.length));
const line = { local: 'name', remote: 'Name', direction: 'in' };
const pack = (fields: readonly object[]) => ({
  system: 'salesforce',
  object: 'Account',
  kind: 'account',
  version: 1,
  fields,
});
const cel = (text: string) => ({
  local: 'name',
  remote: 'Name',
  direction: 'in',
  transform: [{ name: 'expression', cel: text }],
});

/** Bodies within the limit of size. Each held the event loop for seconds or minutes. */
const attacks: Readonly<Record<string, string>> = {
  'YAML of quotes': JSON.stringify({ yaml: filled(`"`).slice(0, bytes / 2) }),
  'YAML of open lists': JSON.stringify({ yaml: filled('[') }),
  'YAML of nested maps': JSON.stringify({ yaml: filled('{a: ') }),
  'YAML of one long list': JSON.stringify({ yaml: `[${filled('a,')}]` }),
  'YAML of aliases': JSON.stringify({ yaml: `a: &a [x]\nb: [${filled('*a,')}]` }),
  'YAML of unknown lines': JSON.stringify({
    yaml: `system: salesforce\nobject: Account\nkind: account\nfields:\n${filled(' - {locl: name}\n')}`,
  }),
  'JSON a million levels deep': `{"revision":1,"pack":${'['.repeat(900_000)}${']'.repeat(900_000)}}`,
  'JSON of a million values': JSON.stringify({ revision: 1, pack: { fields: filled('1,').split(',') } }),
  'long expressions': JSON.stringify({
    revision: 1,
    pack: pack(Array.from({ length: 900 }, () => cel(`remote.Name${' + remote.Name'.repeat(140)}`))),
  }),
  'deep expressions': JSON.stringify({
    revision: 1,
    pack: pack(Array.from({ length: 900 }, () => cel('('.repeat(1_990)))),
  }),
  'names that resemble many': JSON.stringify({
    revision: 1,
    pack: pack(
      Array.from({ length: 1_000 }, (_, n) => ({
        ...line,
        local: `name${n}`,
        remote: `${'Billing'.repeat(17)}${n}`,
      })),
    ),
  }),
};

/**
 * The longest time in which the health check answered while the request was in progress. Only time in which this
 * thread worked counts, so that a busy machine looks no slower than an idle one: a held event loop works.
 */
async function slowestHealth(work: Promise<unknown>): Promise<number> {
  let over = false;
  const done = work.finally(() => (over = true));
  let slowest = 0;
  while (!over) {
    const began = performance.now();
    const before = process.threadCpuUsage();
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    const { user, system } = process.threadCpuUsage(before);
    slowest = Math.max(slowest, Math.min(performance.now() - began, (user + system) / 1_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await done;
  return slowest;
}

describe('the health check answers within a second while one request carries', { timeout: 60_000 }, () => {
  it.each(Object.entries(attacks))('%s', async (name, body) => {
    const isYaml = name.startsWith('YAML');
    const target = isYaml ? path : `${path}?kind=account`;
    const sending = fetch(target, { method: isYaml ? 'POST' : 'PUT', headers, body });
    expect(await slowestHealth(sending)).toBeLessThan(1_000);
    const answer = await sending;
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } });
  });

  it('an ordinary mapping is read right after them', async () => {
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ kind: 'account' }) });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { problems: unknown[] }).problems).toEqual([]);
  });
});
