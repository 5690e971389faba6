import { request as send } from 'node:http';
import fc from 'fast-check';
import type { Attack, AttackResult, AttackSize } from '#test/security/attack-contract.ts';
import { startHttp } from '#test/http/http-test.ts';
import { buildApp } from '#src/http/app.ts';

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Headers that pages of other sites can make a browser send, and those of a script without Fairway's header. */
const senders: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://evil.example' },
  { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'x-fairway': '1' },
  { origin: 'null' },
  { 'sec-fetch-site': 'same-site', 'x-fairway': '1' },
  { referer: 'https://evil.example/' },
  {},
];
const contentTypes = ['text/plain', 'application/x-www-form-urlencoded', 'application/json', null] as const;

/**
 * Requests from other sites with an admin's cookie, to every route that changes something, with the address
 * written in every way that a router might read as the same one. None may get past the checks.
 */
export const spelledAddresses: Attack = {
  summary: 'requests from other sites to oddly spelled addresses; none gets past the same-origin check',
  sizes: { long: 20_000, short: 400 },
  run,
};

async function run({ attempts, seed }: AttackSize): Promise<AttackResult> {
  await using http = await startHttp();
  await using stack = new AsyncDisposableStack();
  const app = buildApp(http.deps);
  stack.defer(() => app.close());
  const reached: string[] = [];
  // It runs after the checks and only when the router has found a route.
  app.addHook('preParsing', async (request) => {
    const route = request.routeOptions.url;
    if (route !== undefined && route !== '*') reached.push(`${request.method} ${route}`);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const cookie = Object.entries(await http.cookiesOf('admin'))
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  const broken: string[] = [];
  const statuses = new Map<number, number>();
  let cacheable = 0;
  for (const { route, path, headers, contentType } of attemptsFor(changingRoutes(app.swagger()), {
    attempts,
    seed,
  })) {
    reached.length = 0;
    const answer = await answerTo(port, route.method, path, {
      ...headers,
      cookie,
      ...(contentType === null ? {} : { 'content-type': contentType }),
    });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const repeat = `${route.method} ${path} ${JSON.stringify(headers)} (seed ${seed})`;
    broken.push(...reached.map((found) => `${repeat} reached ${found}`));
    if (answer.cacheControl !== 'no-store') {
      cacheable += 1;
      broken.push(`${repeat} may be cached: ${answer.cacheControl}`);
    }
  }
  if ((statuses.get(403) ?? 0) === 0) broken.push('no request met the check, so the attack proves nothing');
  const figures = Object.fromEntries([...statuses].map(([status, count]) => [`status ${status}`, count]));
  return { figures: { ...figures, cacheable, 'past the check': broken.length - cacheable }, broken };
}

function changingRoutes(document: object): readonly Route[] {
  const { paths = {} } = document as { paths?: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'get')
      .map((method) => ({ method: method.toUpperCase(), path })),
  );
}

function attemptsFor(routes: readonly Route[], { attempts, seed }: { attempts: number; seed: number }) {
  const attempt = fc
    .record({
      route: fc.constantFrom(...routes),
      headers: fc.constantFrom(...senders),
      contentType: fc.constantFrom(...contentTypes),
      id: fc.uuid(),
    })
    .chain(({ route, id, ...rest }) =>
      spelled(route.path.replaceAll(/\{\w+\}/g, id)).map((path) => ({ route, path, ...rest })),
    );
  return fc.sample(attempt, { numRuns: attempts, seed });
}

/** The path, with some characters percent-encoded once or twice and other changes that a proxy might undo. */
function spelled(path: string): fc.Arbitrary<string> {
  const characters = [...path];
  const encoded = fc
    .array(fc.constantFrom('plain', 'plain', 'encoded', 'lower', 'double'), {
      minLength: characters.length,
      maxLength: characters.length,
    })
    .map((ways) => characters.map((one, index) => encode(one, ways[index] ?? 'plain')).join(''));
  const oneEncoded = fc.nat({ max: characters.length - 1 }).map((at) => {
    const changed = [...characters];
    changed[at] = encode(changed[at] ?? '', 'encoded');
    return changed.join('');
  });
  const changes: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => `/${text}`,
    (text) => text.replaceAll('/', '//'),
    (text) => `/x/..${text}`,
    (text) => `/.${text}`,
    (text) => `/%2e%2e${text}`,
    (text) => `${text}/`,
    (text) => `${text}?a=/api/me`,
    (text) => `${text};x=1`,
    (text) => text.replace('/api', '/API'),
    (text) => text.replaceAll('/', '\\'),
    (text) => `http://evil.example${text}`,
    (text) => `${text}%00`,
    (text) => `${text}#x`,
  ];
  return fc
    .tuple(
      fc.oneof(encoded, oneEncoded, fc.constant(path)),
      fc.oneof(fc.constant(changes[0] ?? String), fc.constantFrom(...changes)),
    )
    .map(([text, change]) => change(text));
}

function encode(character: string, way: string): string {
  const hex = character.charCodeAt(0).toString(16);
  if (way === 'encoded') return `%${hex.toUpperCase()}`;
  if (way === 'lower') return `%${hex}`;
  return way === 'double' ? `%25${hex}` : character;
}

function answerTo(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly cacheControl: string | undefined }> {
  return new Promise((resolve, reject) => {
    const request = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          cacheControl: response.headers['cache-control'],
        }),
      );
    });
    request.on('error', reject);
    request.end(headers['content-type'] === 'application/json' ? '{}' : '');
  });
}
