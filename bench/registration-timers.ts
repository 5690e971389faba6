import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { lifecycleFixture } from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { openBenchService, peakMemoryMb } from './bench-service.ts';
import { countTimers, eventsAfter, openTimers, type FiredTimer } from './registrations/open-timers.ts';

/**
 * Timers of registrations with `--open N` open ones. First a worker is up while `--rate N` fall due in each second for
 * `--seconds N`: the value is the largest delay from the instant at which one was due to the moment at which its event
 * was seen. The floor is the pause between two looks of the worker. Then as many were missed while no worker was up, and
 * a person's command comes: it waits until they have fired. A timer that fires early, twice, out of order or with
 * another stamp fails the run.
 */
const { values } = parseArgs({
  options: {
    open: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
  },
});
const perSecond = Number(values.rate);
const due = perSecond * Number(values.seconds);
const count = Number(values.open);
const timer = 'escalate_100';
/** The pause between two looks of a worker for timers. */
const floorMs = 500;
const lookEveryMs = 100;

await using fixture = await openBenchService();
const { deps } = fixture;
const { db } = deps;
const now = (): number => Math.floor(deps.sharedClock().getTime() / 1000);
const began = now();
const lifecycles = await lifecycleFixture(deps, iso(began - 7_200), {
  decisionTarget: { kind: 'elapsed', minutes: 1_440 },
  escalations: [{ percent: 100, to: ['lead'] }],
});
const template = await lifecycles.submits('review', iso(began - 7_200));
const falling = { count: due, due, perSecond };

// A worker is up. Those that are due soon are stored last.
const leadSeconds = 20;
await openTimers(db, template, 86_400, { count: count - due, due: 0, perSecond, from: now() });
await openTimers(db, template, 86_400, { ...falling, from: now() + leadSeconds });
const open = await countTimers(db);
const [next] = await db.execute<{ first: number }>(
  sql`select (extract(epoch from min(due_at)))::int as first from lifecycle_timer`,
);
const first = next?.first ?? 0;
if (first <= now()) throw new Error('the timers were due before all of them were stored; raise leadSeconds');
const worker = await fixture.startWorker();
const punctual = await seenUntil(due, (first - now() + due / perSecond + 120) * 1_000);
const rssMb = peakMemoryMb(worker.pid);
await worker.stop();
const delays = punctual.map(({ fired, seenAt }) => seenAt - fired.at).toSorted((a, b) => a - b);
if ((delays[0] ?? 0) < 0) throw new Error(`a timer fired ${-(delays[0] ?? 0)} ms early`);
const firedInTime = punctual.map(({ fired }) => fired);
refuseWrong(firedInTime);

// After a downtime, a person's command comes before the worker.
const lastEvent = firedInTime.at(-1)?.id ?? 0;
await openTimers(db, template, 86_400, { ...falling, from: now() - 3_600 });
const openAfterDowntime = await countTimers(db);
const commandBegan = performance.now();
const { refused } = await lifecycles.does('olga', 'approve', iso(now()), template);
const catchUpMs = performance.now() - commandBegan;
if (refused !== null) throw new Error(`the command was refused: ${refused.reason}`);
const events = await eventsAfter(db, lastEvent);
if (events.at(-1)?.move !== 'approve') throw new Error('a timer that was missed fired after the command');
refuseWrong(events.slice(0, -1));

const at = (share: number): number =>
  Math.round(delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN);
console.log(
  JSON.stringify({
    name: 'registration-timers',
    value: at(1),
    unit: 'ms late at most',
    floor: floorMs,
    ratio: Number((at(1) / floorMs).toFixed(2)),
    rssMb,
    details: {
      open,
      dueEachSecond: perSecond,
      fired: firedInTime.length,
      lateMs: { p50: at(0.5), p95: at(0.95), most: at(1) },
      missed: {
        open: openAfterDowntime,
        fired: events.length - 1,
        untilCommandMs: Math.round(catchUpMs),
        eachSecond: Math.round(((events.length - 1) / catchUpMs) * 1_000),
      },
    },
  }),
);

interface SeenTimer {
  readonly fired: FiredTimer;
  /** By the clock of the database, in ms. */
  readonly seenAt: number;
}

/** Looks until so many timers have fired, and twice more, so that one that fires again is seen. */
async function seenUntil(wanted: number, longestMs: number): Promise<readonly SeenTimer[]> {
  const seen: SeenTimer[] = [];
  const until = performance.now() + longestMs;
  let last = (await eventsAfter(db, 0)).at(-1)?.id ?? 0;
  for (let more = 2; more > 0;) {
    if (performance.now() > until) throw new Error(`only ${seen.length} of ${wanted} timers fired`);
    await wait(lookEveryMs);
    const found = await eventsAfter(db, last);
    const seenAt = deps.sharedClock().getTime();
    for (const fired of found) seen.push({ fired, seenAt });
    last = found.at(-1)?.id ?? last;
    if (seen.length >= wanted) more -= 1;
  }
  return seen;
}

/** @throws Error unless each of them fired once, oldest first, stamped with the instant at which it was due */
function refuseWrong(fired: readonly FiredTimer[]): void {
  if (fired.length !== due) throw new Error(`${fired.length} timers fired, and ${due} were due`);
  if (new Set(fired.map(({ registration }) => registration)).size !== due)
    throw new Error('a timer fired twice');
  const wrong = fired.find((one, place) => one.move !== timer || one.at < (fired[place - 1]?.at ?? 0));
  if (wrong) throw new Error(`${wrong.move} of ${wrong.registration} fired out of order`);
  const stamps = Map.groupBy(fired, (one) => one.at);
  for (const [stamp, group] of stamps)
    if (group.length !== perSecond)
      throw new Error(`${group.length} timers are stamped ${new Date(stamp).toISOString()}`);
}

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
