import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { scenarioEmail, withScenarioNames } from '#src/cli/cases/lifecycle-cast.ts';
import { openDatabase } from '#src/db/client.ts';
import { fireDueTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { learnNews } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import {
  copyRegistration,
  eventsInOrder,
  lifecycleFixture,
  seconds,
  type LifecycleFixture,
} from './lifecycle-fixture.ts';

const monday = '2026-06-15T08:00:00Z';
/** Approved on 15 June with 90 days, it is protected until 13 September. */
const firstNotice = '2026-08-14T00:00:00Z';
const noticeTimer = 'about_to_expire_30';

let test1: TestDeps;
let test2: TestDeps;
let fixture: LifecycleFixture;
beforeEach(async () => {
  test1 = await startDeps({ now: firstNotice });
  test2 = await startDeps({ now: firstNotice, databaseUrl: test1.databaseUrl });
  fixture = await lifecycleFixture(test1.deps, monday, { escalations: [] });
  return async () => {
    await test2[Symbol.asyncDispose]();
    await test1[Symbol.asyncDispose]();
  };
});

const fired = async (timer = noticeTimer) =>
  (await eventsInOrder(test1.deps)).filter(({ move }) => move === timer);

describe('timers of registrations', () => {
  test('500 that are due in one second fire once each with two workers, and none a second early', async () => {
    const { deps } = fixture;
    const id = await fixture.submits('clear', monday);
    await copyRegistration(
      deps,
      id,
      Array.from({ length: 499 }, () => 0),
    );
    const early = { ...deps, sharedClock: () => new Date(seconds(firstNotice) * 1000 - 1) };
    expect(await fireDueTimers(early)).toBe(0);
    expect(await fired()).toEqual([]);
    const worker = async (one: TestDeps): Promise<void> => {
      for (let round = 0; round < 6; round += 1) await fireDueTimers(one.deps);
    };
    await Promise.all([worker(test1), worker(test2)]);
    const events = await fired();
    expect(events).toHaveLength(500);
    expect(new Set(events.map(({ registration }) => registration)).size).toBe(500);
    expect(new Set(events.map(({ at }) => at))).toEqual(new Set([firstNotice]));
    const [notices] = await deps.db.execute(
      sql`select count(*)::int as count, count(distinct registration_id)::int as different from lifecycle_notice where event = 'about_to_expire'`,
    );
    expect(notices).toEqual({ count: 500, different: 500 });
  });

  test('a worker that is killed while it fires leaves nothing, and another one fires each once', async () => {
    const { deps } = fixture;
    const id = await fixture.submits('clear', monday);
    await copyRegistration(deps, id, [0, 0, 0]);
    const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = test2.deps.db.transaction(async (tx) => {
      // The worker has saved registrations and events when it waits for this lock.
      await tx.execute(sql`lock table lifecycle_notice in access exclusive mode`);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const killed = fireDueTimers(deps).then(() => 'it fired', String);
    await expect
      .poll(async () => {
        const ended = await test2.deps.db.execute(
          sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%lifecycle_notice%' and pid <> pg_backend_pid()`,
        );
        return ended.length;
      })
      .toBe(1);
    expect(await killed).not.toBe('it fired');
    release.resolve();
    await holding;
    expect(await fired()).toEqual([]);
    expect(await fireDueTimers(test2.deps)).toBe(4);
    expect(await fired()).toHaveLength(4);
  });

  test('fire in a process that has a single connection to the database', async () => {
    const id = await fixture.submits('clear', monday);
    await copyRegistration(fixture.deps, id, [0]);
    await using single = openDatabase(test1.databaseUrl, 1);
    const fires = fireDueTimers({ ...test1.deps, db: single.db }).catch(String);
    const waits = wait(10_000, 'it waits for a second connection', { ref: false });
    expect(await Promise.race([fires, waits])).toBe(2);
    expect(await fired()).toHaveLength(2);
  });

  test('those that were missed fire oldest first and before a command, each at the instant at which it was due', async () => {
    const { deps } = fixture;
    const waiting = await fixture.submits('review', monday);
    const id = await fixture.submits('clear', monday);
    // More than a step fires: the copies end some days earlier.
    await copyRegistration(
      deps,
      id,
      Array.from({ length: 450 }, () => 0),
    );
    await deps.db.execute(sql`
      update registration_lifecycle set body = body || jsonb_build_object('protectedUntil',
        to_char(date '2026-09-13' - abs(hashtext(registration_id::text) % 30), 'YYYY-MM-DD'))
      where state = 'approved'`);
    await deps.db.execute(sql`
      update lifecycle_timer t set due_at = t.due_at - (date '2026-09-13' - (l.body ->> 'protectedUntil')::date) * interval '1 day'
      from registration_lifecycle l where l.registration_id = t.registration_id and t.timer like 'about%'`);
    const { refused } = await fixture.does('olga', 'approve', '2026-08-20T08:00:00Z', waiting);
    expect(refused).toBeNull();
    const events = (await eventsInOrder(deps)).filter(
      ({ move }) => move === noticeTimer || move === 'approve',
    );
    expect(events.at(-1)).toMatchObject({
      registration: waiting,
      move: 'approve',
      at: '2026-08-20T08:00:00Z',
    });
    const timers = events.slice(0, -1);
    expect(timers).toHaveLength(451);
    const order = timers.map(({ at, registration }) => `${at} ${registration}`);
    expect(order).toEqual(order.toSorted());
  });

  test('an absence that begins is shown in the CRM without a command', async () => {
    const id = await fixture.submits('review', monday);
    const away = {
      from: seconds('2026-06-15T10:00:00Z'),
      to: seconds('2026-06-16T07:00:00Z'),
      delegate: scenarioEmail('otto'),
    };
    await learnNews(fixture.deps, seconds(monday), {
      fact: 'person.away',
      person: scenarioEmail('olga'),
      absence: away,
    });
    const shown = async (at: string) => {
      await fireDueTimers({ ...fixture.deps, sharedClock: () => new Date(at) });
      return withScenarioNames(
        (await showLifecycle(fixture.deps, id, { at: seconds(at) }))?.crmFields['nextDecider'],
      );
    };
    expect(await shown('2026-06-15T09:59:59Z')).toBe('olga, omar');
    expect(await shown('2026-06-15T10:00:00Z')).toBe('omar, otto');
    expect(await shown('2026-06-16T07:00:00Z')).toBe('olga, omar');
  });
});
