import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conflictCase } from '#src/db/schema/channel.ts';
import { seedMatches, type SeededMatches } from '#test/support/match-labels.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let seeded: SeededMatches;
beforeAll(async () => {
  http = await startHttp();
  seeded = await seedMatches(http.deps, { alerts: 22, clear: 22 });
}, 60_000);
afterAll(() => http[Symbol.asyncDispose]());

const get = async (url: string, role: 'ops' | 'viewer' = 'viewer') =>
  (await http.as(role))({ url: `/api/match-quality${url}` });
const put = async (
  pair: { registrationId: string; rivalId: string },
  payload: object,
  role: 'ops' | 'viewer' | null = 'ops',
) =>
  (await http.as(role))({
    method: 'PUT',
    url: `/api/match-quality/labels/${pair.registrationId}/${pair.rivalId}`,
    payload,
  });
const alert = () => seeded.alerts[0] ?? { registrationId: '', rivalId: '' };

describe('GET /match-quality', () => {
  test('200: shows only counts while there are too few answers', async () => {
    const answer = await get('');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      months: [
        {
          month: '2026-11',
          alerts: 22,
          answeredAlerts: 0,
          sampledClear: 22,
          answeredClear: 0,
          precision: null,
          recall: null,
          missed: null,
          calibration: null,
        },
      ],
      minimumAnswers: 20,
      minimumAnswersToFit: 200,
      openQuestions: 22,
      answersGiven: 0,
      sampleShare: 0.02,
      model: { version: 'm3', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test('200: shows shares with their intervals once there are enough', async () => {
    for (const { registrationId, rivalId } of seeded.alerts.slice(0, 21))
      await put({ registrationId, rivalId }, { answer: 'same' });
    for (const { registrationId, accountId } of seeded.clear.slice(0, 20))
      await put({ registrationId, rivalId: accountId }, { answer: 'different' });
    const { months, total, answersGiven } = (await get('')).json();
    expect(answersGiven).toBe(41);
    expect(months[0]).toMatchObject({
      answeredAlerts: 21,
      answeredClear: 20,
      missed: 0,
      precision: { value: 1, high: 1 },
      recall: { value: 1, high: 1 },
    });
    expect(months[0].recall.low).toBeLessThan(1);
    expect(total.calibration.bins.length).toBeGreaterThan(0);
    expect(total.precision).toEqual(months[0].precision);
  });

  test('401: is for people who are signed in', async () => {
    expect((await (await http.as(null))({ url: '/api/match-quality' })).statusCode).toBe(401);
  });
});

describe('GET /match-quality/questions', () => {
  test('200: has both companies as people write them, and nothing of what the model said', async () => {
    const { questions, openQuestions } = (await get('/questions')).json();
    expect(openQuestions).toBe(2);
    expect(questions[0]).toEqual({
      registration: {
        id: seeded.clear[20]?.registrationId,
        number: expect.stringMatching(/^DR-2026-1/),
        partnerName: 'Ninefold Resellers',
      },
      rival: { id: seeded.clear[20]?.accountId, kind: 'account' },
      ours: expect.objectContaining({
        name: expect.stringMatching(/ Bakeries$/),
        domain: expect.stringMatching(/-bakeries\.example$/),
        country: 'US',
      }),
      theirs: expect.objectContaining({
        name: expect.stringMatching(/ Steel$/),
        domain: expect.stringMatching(/-steel\.example$/),
      }),
      comparedAt: expect.any(String),
    });
  });
});

describe('PUT /match-quality/labels', () => {
  test('200: says it, changes it and takes it back; the registration shows who said what', async () => {
    const [pair] = [alert()];
    expect((await put(pair, { answer: 'related' })).json()).toEqual({ answer: 'related' });
    expect((await get(`/labels/${pair.registrationId}`)).json().labels).toEqual([
      { rivalId: pair.rivalId, answer: 'related', answeredBy: 'ops', answeredAt: '2026-11-18T10:00:00.000Z' },
    ]);
    expect((await put(pair, { answer: null })).statusCode).toBe(200);
    expect((await get(`/labels/${pair.registrationId}`)).json().labels).toEqual([]);
  });

  test('400: knows three answers and null', async () => {
    expect((await put(alert(), { answer: 'perhaps' })).statusCode).toBe(400);
    expect((await put(alert(), {})).statusCode).toBe(400);
    expect((await put({ ...alert(), rivalId: 'x' }, { answer: 'same' })).statusCode).toBe(400);
  });

  test('403: is for those who decide registrations', async () => {
    expect((await put(alert(), { answer: 'same' }, 'viewer')).statusCode).toBe(403);
  });

  test('404: two that were not compared', async () => {
    expect((await put({ ...alert(), rivalId: http.deps.ids() }, { answer: 'same' })).statusCode).toBe(404);
    expect(
      (await put({ registrationId: http.deps.ids(), rivalId: http.deps.ids() }, { answer: null })).statusCode,
    ).toBe(404);
  });

  test('409: what was compared is no longer stored', async () => {
    const pair = seeded.alerts[21] ?? alert();
    await http.deps.db
      .update(conflictCase)
      .set({ facts: null })
      .where(eq(conflictCase.registrationId, pair.registrationId));
    expect((await put(pair, { answer: 'same' })).statusCode).toBe(409);
  });
});
