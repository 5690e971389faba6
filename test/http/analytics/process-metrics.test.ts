import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  terms,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';

/** Hours are Monday to Friday 9 to 17 in Berlin, 7 to 15 UTC; the promise is two business days. */
const hour = 3_600;
const monday = '2026-06-15T08:00:00Z';
const tuesday = '2026-06-16T08:00:00Z';
const wednesday = '2026-06-17T08:00:00Z';
const thursday = '2026-06-18T08:00:00Z';

interface Series {
  readonly name: string;
  readonly [value: string]: unknown;
}

let http: HttpTest;
let fixture: LifecycleFixture;
let viewer: Awaited<ReturnType<HttpTest['as']>>;
const ids = new Map<string, string>();
beforeAll(async () => {
  http = await startHttp({ now: '2026-06-22T08:00:00Z' });
  fixture = await lifecycleFixture(http.deps, '2026-01-01T00:00:00Z');
  viewer = await http.as('viewer');
  await submit('auto', monday, { rules: 'clear' });
  await submit('auto 2', monday, { rules: 'clear' });
  await submit('auto 3', monday, { rules: 'clear' });
  await submit('taken back', monday, { rules: 'clear' });
  await submit('blocked', monday, { rules: 'block', rulesCode: 'conflict_direct_opportunity' });
  for (const name of ['quick', 'asked', 'late', 'withdrawn']) await submit(name, monday, { rules: 'review' });
  await move('asked', 'olga', 'request_info', '2026-06-15T10:00:00Z', {
    question: 'Who?',
    reasonCode: 'missing_contact',
  });
  await move('quick', 'olga', 'approve', tuesday);
  await move('withdrawn', 'pat', 'withdraw', tuesday, { reasonCode: 'partner_request' });
  await move('taken back', 'olga', 'reopen', tuesday, { reasonCode: 'decided_in_error' });
  await move('blocked', 'pat', 'appeal', tuesday, { text: 'It is another deal.' });
  await submit('open', tuesday, { rules: 'review' });
  await move('asked', 'pat', 'answer_info', '2026-06-16T10:00:00Z', { answer: 'Ina' });
  await move('taken back', 'omar', 'reject', '2026-06-16T12:00:00Z', { reasonCode: 'did_not_meet_criteria' });
  await move('blocked', 'otto', 'overturn', wednesday, { reasonCode: 'matching_error' });
  await move('asked', 'olga', 'reject', '2026-06-17T10:00:00Z', {
    reasonCode: 'conflict_earlier_registration',
  });
  await move('late', 'olga', 'approve', thursday);
  // Decided by the rules before there was a lifecycle: from Friday noon to Monday noon.
  await http.deps.db.execute(sql`
    insert into registration (id, number, partner_id, customer_name, submitted_at, decided_at, status)
    values (${http.deps.ids()}, 'R-OLD', ${fixture.partners['acme']}, 'Nordwind', '2026-05-08T12:00:00Z', '2026-05-11T12:00:00Z', 'approved')`);
});
afterAll(() => http[Symbol.asyncDispose]());

async function submit(name: string, at: string, values: CommandValues): Promise<void> {
  const id = http.deps.ids();
  ids.set(name, id);
  const { refused } = await fixture.does('pat', 'submit', at, id, {
    terms,
    deal: id,
    number: name,
    ...values,
  });
  expect(refused).toBeNull();
}

async function move(
  name: string,
  by: string,
  what: Parameters<LifecycleFixture['does']>[1],
  at: string,
  values: CommandValues = {},
): Promise<void> {
  const { refused } = await fixture.does(by, what, at, ids.get(name) ?? '', values);
  expect(refused).toBeNull();
}

const path = '/api/metrics/process';

async function measured(
  from: string,
  to: string,
  partner = '',
): Promise<Record<string, Record<string, Series>>> {
  const response = await viewer({ url: `${path}?from=${from}&to=${to}${partner}` });
  expect(response.statusCode).toBe(200);
  const { metrics } = response.json() as {
    metrics: readonly { readonly metric: string; readonly series: readonly Series[] }[];
  };
  return Object.fromEntries(
    metrics.map(({ metric, series }) => [metric, Object.fromEntries(series.map((one) => [one.name, one]))]),
  );
}

async function rows(metric: string, series: string) {
  const query = `metric=${metric}&series=${series}&from=2026-06-01&to=2026-06-30`;
  const { rows: found } = (await viewer({ url: `${path}/rows?${query}` })).json() as {
    rows: readonly { readonly number: string; readonly [value: string]: unknown }[];
  };
  return new Map(
    found.map((row) => [
      `${row.number}${row['leftOut'] === null ? '' : ` (${String(row['leftOut'])})`}`,
      row,
    ]),
  );
}

describe('process metrics', () => {
  test('approval turnaround is in business time without pauses, and shows the open ones apart', async () => {
    const { approval_turnaround: series } = await measured('2026-06-01', '2026-06-30');
    // 0, 0, 0, 0, 0, 8 h, 10 h, 24 h: the fourth and the eighth value.
    expect(series?.['all']).toMatchObject({
      n: 8,
      p50Seconds: 0,
      p90Seconds: 24 * hour,
      rate: null,
      leftOut: { reopened: 1, withdrawn: 1 },
    });
    expect(series?.['automatic']).toMatchObject({ n: 5, p50Seconds: 0, p90Seconds: 0 });
    // Three cases are too few for a percentile.
    expect(series?.['person']).toMatchObject({ n: 3, p50Seconds: null, p90Seconds: null });
    expect(series?.['submitted']).toMatchObject({
      n: 8,
      leftOut: { open: 1, reopened: 1, withdrawn: 1 },
      medianWithOpenSeconds: 0,
    });
    const person = await rows('approval_turnaround', 'person');
    expect([...person].map(([name, { seconds }]) => [name, seconds])).toEqual([
      ['quick', 8 * hour],
      ['taken back (reopened)', 4 * hour],
      ['asked', 10 * hour],
      ['late', 24 * hour],
    ]);
    expect(person.get('quick')?.['wallSeconds']).toBe(24 * hour);
    const submitted = await rows('approval_turnaround', 'submitted');
    // Tuesday 7 h, three days of 8 h, Monday 1 h.
    expect(submitted.get('open (open)')?.['seconds']).toBe(32 * hour);
  });

  test('compliance counts what was due: an open one that is overdue is breached, a withdrawn one is left out', async () => {
    const { sla_compliance: series } = await measured('2026-06-01', '2026-06-30');
    expect(series?.['decision']).toMatchObject({ n: 10, hits: 8, rate: 0.8, leftOut: { cancelled: 1 } });
    expect(series?.['appeal']).toMatchObject({ n: 1, hits: 1, rate: null });
    const due = await rows('sla_compliance', 'decision');
    const missed = [...due.values()].filter(({ isHit, leftOut }) => isHit === false && leftOut === null);
    expect(missed.map(({ number }) => number).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['late', 'open']);
    // Eight open hours were paused, which is a business day.
    expect(due.get('asked')?.['dueAt']).toBe('2026-06-18T08:00:00.000Z');
    const { sla_compliance: day } = await measured('2026-06-18', '2026-06-18');
    expect(day?.['decision']).toMatchObject({ n: 3, hits: 2, rate: null });
  });

  test('conflict rate, automatic share and overturn rate count decisions in the period', async () => {
    const all = await measured('2026-06-01', '2026-06-30');
    expect(all['conflict_rate']?.['all']).toMatchObject({ n: 9, hits: 2, rate: 2 / 9 });
    expect(all['automatic_share']?.['all']).toMatchObject({ n: 9, hits: 5, rate: 5 / 9 });
    expect(all['overturn_rate']?.['all']).toMatchObject({
      n: 5,
      hits: 2,
      rate: 0.4,
      leftOut: { not_automatic: 4 },
    });
    expect(all['overturn_rate']?.['approvals']).toMatchObject({ n: 4, hits: 1, rate: null });
    expect(all['overturn_rate']?.['rejections']).toMatchObject({ n: 1, hits: 1, rate: null });
    const overturned = await rows('overturn_rate', 'all');
    expect(overturned.get('taken back')).toMatchObject({
      isHit: true,
      reversedAt: '2026-06-16T08:00:00.000Z',
    });
    expect(overturned.get('blocked')).toMatchObject({ isHit: true, reversedAt: '2026-06-17T08:00:00.000Z' });
  });

  test('decisions from before the lifecycle count where the definition allows it', async () => {
    const may = await measured('2026-05-01', '2026-05-31');
    expect(may['approval_turnaround']?.['automatic']).toMatchObject({ n: 1, p50Seconds: null });
    expect(may['sla_compliance']?.['decision']).toMatchObject({ n: 1, hits: 1 });
    expect(may['overturn_rate']?.['all']).toMatchObject({
      n: 0,
      hits: 0,
      rate: null,
      leftOut: { no_events: 1 },
    });
    const response = await viewer({
      url: `${path}/rows?metric=approval_turnaround&from=2026-05-01&to=2026-05-31&series=all`,
    });
    expect(response.json()).toMatchObject({
      total: 1,
      rows: [{ number: 'R-OLD', source: 'earlier', seconds: 24 * hour, dueAt: '2026-05-12T12:00:00.000Z' }],
    });
  });

  test('no case gives null, another partner has none, and a wrong period is refused', async () => {
    const none = await measured('2026-06-01', '2026-06-30', `&partner=${fixture.partners['bolt']}`);
    for (const series of Object.values(none).flatMap((one) => Object.values(one)))
      expect(series).toMatchObject({ n: 0, rate: null, p50Seconds: null, p90Seconds: null });
    for (const query of [
      'from=2026-06-30&to=2026-06-01',
      'from=9999-12-31&to=9999-12-31',
      'from=soon&to=later',
    ])
      expect((await viewer({ url: `${path}?${query}` })).statusCode).toBe(400);
  });
});
