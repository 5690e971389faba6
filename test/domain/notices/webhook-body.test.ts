import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { retryAfter } from '#src/domain/notices/retry-schedule.ts';
import { eventOfNotice, webhookEventTypes, webhookJsonSchema } from '#src/domain/notices/webhook-body.ts';
import { webhookHeaders } from '#src/domain/notices/webhook-signature.ts';

test('the JSON Schema and the list of events in the documentation are those of the code', () => {
  const documented = JSON.parse(readFileSync('docs/notices/webhook.schema.json', 'utf8')) as unknown;
  expect(documented).toEqual(JSON.parse(JSON.stringify(webhookJsonSchema())));
  const page = readFileSync('docs/notices/webhooks.md', 'utf8');
  for (const type of webhookEventTypes) expect(page).toContain(`\`${type.replace('registration.', '')}\``);
});

test('the signature is the one of the example of the specification', () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/index.test.ts, "sign function works".
  const headers = webhookHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_000), body: '{"test": 2432232314}' },
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('an escalation is one type of event with its share of the time', () => {
  expect(eventOfNotice('escalated_80')).toEqual({ name: 'escalated', percent: 80 });
  expect(eventOfNotice('breached')).toEqual({ name: 'breached', percent: null });
});

test('Retry-After counts only with 429 and 503, for a day at most, and never for the past', () => {
  const at = new Date('2026-06-16T00:00:00Z');
  const until = (status: number, header: string | null) =>
    retryAfter(status, header, at)?.toISOString() ?? null;
  expect(until(429, '60')).toBe('2026-06-16T00:01:00.000Z');
  expect(until(503, 'Tue, 16 Jun 2026 02:00:00 GMT')).toBe('2026-06-16T02:00:00.000Z');
  expect(until(429, '999999999')).toBe('2026-06-17T00:00:00.000Z');
  for (const [status, header] of [
    [500, '60'],
    [429, 'soon'],
    [429, '-5'],
    [429, null],
    [503, '0'],
  ] as const)
    expect(until(status, header), `${status} ${header}`).toBeNull();
});
