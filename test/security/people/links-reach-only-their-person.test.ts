import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PeopleWorld, startPeopleWorld, tokenIn } from './people-fixture.ts';

interface Received {
  readonly to: readonly string[];
  readonly text: string;
}

const received: Received[] = [];
let server: SMTPServer;
let world: PeopleWorld;
let admin: string;
beforeAll(async () => {
  server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        received.push({ to, text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  const { port } = server.server.address() as AddressInfo;
  world = await startPeopleWorld({
    publicUrl: 'http://fairway.test',
    env: { SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_FROM: 'fairway@vendor.test' },
  });
  admin = await world.fromServer('admin@vendor.test', 'admin');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await new Promise<void>((closed) => server.close(() => closed()));
});

const invite = (email: string, role: string, headers: Record<string, string> = {}) =>
  world.with(admin)({
    method: 'POST',
    url: '/api/people',
    payload: { name: 'Fin, "Ance" <x@evil.test>', email, role },
    headers,
  });

test('the mail with the link goes to the invited address alone, and the answer has no link', async () => {
  const response = await invite('fin@vendor.test', 'finance', { host: 'evil.test' });
  expect(response.json()).toMatchObject({ delivery: 'mailed', link: null });
  expect(received.map((mail) => mail.to)).toEqual([['fin@vendor.test']]);
  const text = (received[0]?.text ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
  const link = /http:\S+/.exec(text)?.[0] ?? '';
  // The host of the link is the configured one, not that of the request.
  expect(link).toMatch(/^http:\/\/fairway\.test\/sign-in\?token=[\w-]{43}$/);
  expect(JSON.stringify(response.json())).not.toContain(tokenIn(link));
  expect((await world.enter(tokenIn(link) ?? '')).cookie).not.toBeNull();
});

test('a mail server that does not answer is named without its password', async () => {
  await using broken = await startPeopleWorld({
    publicUrl: 'http://fairway.test',
    env: { SMTP_URL: 'smtp://user:hunter2@127.0.0.1:1', SMTP_FROM: 'fairway@vendor.test' },
  });
  const cookie = await broken.fromServer('admin@vendor.test', 'admin');
  const response = await broken.with(cookie)({
    method: 'POST',
    url: '/api/people',
    payload: { name: 'Fin', email: 'fin@vendor.test', role: 'finance' },
  });
  expect(response.statusCode).toBe(502);
  expect(response.json().error.message).toContain('mail server 127.0.0.1 did not accept');
  expect(response.body).not.toContain('hunter2');
});
