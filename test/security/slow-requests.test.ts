import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '#src/http/app.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let port = 0;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  http = stack.use(await startHttp());
  const app = buildApp(http.deps, { headers: 300, request: 600, idle: 5_000, check: 100 });
  stack.defer(() => app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as { port: number }).port;
});
afterAll(() => stack.disposeAsync());

/** Sends text, then a byte now and then, until the server closes the connection; returns what it answered. */
function drip(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    let dripping: NodeJS.Timeout | undefined;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text);
      dripping = setInterval(() => socket.write('a'), 50);
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(dripping);
      resolve(answer);
    });
  });
}

test.each([
  ['headers', 'GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: '],
  [
    'a body',
    'POST /api/sign-in HTTP/1.1\r\nhost: a\r\nx-fairway: 1\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"token":"',
  ],
])('a client that sends %s byte by byte is cut off with 408', async (_, text) => {
  const answer = await drip(text);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as object;
  expect(body).toEqual({
    error: { code: 'bad_request', message: 'The request took too long to arrive. Send it again.' },
  });
});

test('the service itself waits 10 seconds for headers and 30 for a request', () => {
  const { headersTimeout, requestTimeout, timeout } = http.app.server;
  expect({ headersTimeout, requestTimeout, timeout }).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    timeout: 120_000,
  });
});

test.each([
  ['is not HTTP', 'hello\r\n\r\n', 400],
  ['has headers without an end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
])('a request that %s gets the usual error answer', async (_, text, status) => {
  const answer = await drip(text);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).toContain('"code":"bad_request"');
  expect(answer).toContain('cache-control: no-store');
});
