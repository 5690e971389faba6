/** `SEED=… SCHEDULES=…` repeats a run; 100 schedules are every time zone. */
import { expect, test } from 'vitest';
import { seeded, type Seeded } from '#src/cli/match/seeded.ts';
import { weekdays, type BusinessCalendar, type OpenHours } from '#src/domain/service-levels/calendar.ts';
import { readClock } from '#src/domain/service-levels/clock-state.ts';
import { clockDueAt, escalationsOf, startClock } from '#src/domain/service-levels/clock.ts';
import type { Target } from '#src/domain/service-levels/target.ts';
import { stretchesOfYear } from '#src/domain/service-levels/zone.ts';
import { walkMinutes, type Walk, type WalkedPause } from './minute-walk.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const schedules = Number(process.env['SCHEDULES'] ?? 10);
const walkedMinutes = 11 * 1440;
const percents = [0, 25, 33, 50, 80, 100, 130];

const allZones = Intl.supportedValuesOf('timeZone');
const count = Math.ceil((allZones.length * Math.min(schedules, 100)) / 100) * Math.max(1, schedules / 100);

test(
  'a clock agrees with a walk over every minute: random zones, calendars, targets and pauses at every boundary',
  { timeout: 600_000 },
  () => {
    const random = seeded(seed);
    const offset = random.below(allZones.length);
    let walked = 0;
    for (let index = 0; index < count; index += 1) {
      const timeZone = allZones[(offset + index) % allZones.length] ?? 'UTC';
      if (compareOnce(random, timeZone)) walked += 1;
    }
    // A target that needs more time than is walked cannot be compared.
    expect(walked).toBeGreaterThan(count / 2);
  },
);

function compareOnce(random: Seeded, timeZone: string): boolean {
  const start = someStart(random, timeZone);
  const calendar = someCalendar(random, timeZone, start);
  const target = someTarget(random);
  const walk = walkMinutes(calendar, target, start, walkedMinutes);
  const unpaused = walk?.dueAt([]) ?? null;
  if (walk === null || unpaused === null) return false;
  const points = [start, walk.anchor, unpaused, ...walk.boundaries.filter((at) => at <= unpaused + 2880)];
  const pauses = somePauses(random, points);
  const what = JSON.stringify({ seed, calendar, target, start, pauses });
  const clock = startClock({ calendars: [calendar], target, start: start * 60, pauses: seconds(pauses) });
  if ('error' in clock) throw new Error(`${clock.error} ${what}`);
  expect({ what, anchor: clock.anchor / 60, budget: clock.budget / 60 }).toEqual({
    what,
    anchor: walk.anchor,
    budget: walk.budget,
  });
  const due = walk.dueAt(pauses);
  if (due === null && pauses.every(({ to }) => to !== Number.POSITIVE_INFINITY)) return false;
  expect({ what, due: minute(clockDueAt(clock, seconds(pauses))) }).toEqual({ what, due });
  compareEscalations(walk, clock, pauses, what);
  for (const asOf of someInstants(random, [...points, ...pauses.map(({ from }) => from)]))
    compareReading(walk, clock, { pauses, asOf, start }, what);
  return true;
}

type Clock = Exclude<ReturnType<typeof startClock>, { readonly error: unknown }>;

function compareEscalations(walk: Walk, clock: Clock, pauses: readonly WalkedPause[], what: string): void {
  const due = walk.dueAt(pauses);
  for (const { percent, at } of escalationsOf(clock, seconds(pauses), percents)) {
    const passed = walk.passedAt(pauses, Math.ceil((walk.budget * 60 * percent) / 100));
    const isDue = percent === 100 || walk.budget === 0;
    const later = passed === null || due === null ? null : Math.max(passed, due * 60);
    const expected = isDue ? due && due * 60 : percent < 100 ? passed : later;
    // Above 100 % it may be later than what is walked.
    if (expected === null && percent > 100) continue;
    expect({ what, percent, at }).toEqual({ what, percent, at: expected });
  }
}

function compareReading(
  walk: Walk,
  clock: Clock,
  { pauses, asOf, start }: { pauses: readonly WalkedPause[]; asOf: number; start: number },
  what: string,
): void {
  const known = pauses
    .filter(({ from, to }) => from <= asOf && from < to)
    .map(({ from, to }) => ({ from, to: to > asOf ? Number.POSITIVE_INFINITY : to }));
  const due = walk.dueAt(known);
  if (due === null && known.every(({ to }) => to !== Number.POSITIVE_INFINITY)) return;
  const elapsed = walk.counted(known, asOf);
  const events = { pauses: seconds(pauses), stop: null, escalations: percents };
  const reading = readClock(clock, events, asOf * 60);
  const isPaused = known.some(({ from, to }) => from <= asOf && asOf < to);
  const waiting = isPaused ? 'paused' : walk.isOpen(asOf) ? 'running' : 'outside_hours';
  expect({
    what,
    asOf,
    state: reading.state,
    elapsed: reading.elapsed / 60,
    remaining: reading.remaining / 60,
    paused: reading.paused / 60,
    dueAt: minute(reading.dueAt),
  }).toEqual({
    what,
    asOf,
    state: asOf < start ? 'not_started' : due !== null && asOf > due ? 'breached' : waiting,
    elapsed,
    remaining: walk.budget - elapsed,
    paused: walk.counted([], asOf) - elapsed,
    dueAt: due,
  });
}

/** Years in which these zones skipped a whole date. */
const skippedDates: Readonly<Record<string, number>> = {
  'Pacific/Apia': 2011,
  'Pacific/Fakaofo': 2011,
  'Pacific/Kwajalein': 1993,
  'Pacific/Enderbury': 1994,
  'Pacific/Kiritimati': 1994,
};

/** Most starts are shortly before the clocks change, and many at the time of day of the change. */
function someStart(random: Seeded, timeZone: string): number {
  const year = skippedDates[timeZone] ?? 1975 + random.below(63);
  const changes = stretchesOfYear(timeZone, year).slice(1);
  if (changes.length === 0 || random.chance(0.2))
    return Math.floor(Date.UTC(year, random.below(12), 1 + random.below(28)) / 60_000) + random.below(1440);
  const change = Math.floor(random.pick(changes).from / 60);
  return random.chance(0.5)
    ? change - random.below(6 * 1440)
    : change - 1440 * random.below(4) + random.below(180) - 90;
}

const usualHours: readonly (readonly OpenHours[])[] = [
  [['09:00', '17:00']],
  [
    ['09:00', '12:00'],
    ['13:00', '17:00'],
  ],
  [['22:00', '06:00']],
  [['00:00', '24:00']],
  [['18:00', '00:00']],
  [['23:30', '01:30']],
  [
    ['02:00', '03:00'],
    ['20:00', '04:00'],
  ],
  [['00:15', '02:45']],
  [],
];

function someHours(random: Seeded): readonly OpenHours[] {
  if (random.chance(0.7)) return random.pick(usualHours);
  return Array.from({ length: 1 + random.below(3) }, (): OpenHours => {
    const from = random.below(1440);
    const to = (from + 1 + random.below(1439)) % 1440;
    return [time(from), time(to)];
  });
}

function someCalendar(random: Seeded, timeZone: string, start: number): BusinessCalendar {
  const usual = someHours(random);
  const someDate = () => new Date((start + random.below(9 * 1440)) * 60_000).toISOString().slice(0, 10);
  const weekly = Object.fromEntries(
    weekdays
      .filter(() => random.chance(0.85))
      .map((weekday) => [weekday, random.chance(0.7) ? usual : someHours(random)]),
  );
  return {
    version: 1,
    publishedAt: null,
    timeZone,
    weekly,
    holidays: random.chance(0.4) ? [{ date: someDate() }] : [],
    exceptions: random.chance(0.4) ? [{ date: someDate(), hours: someHours(random) }] : [],
  };
}

function someTarget(random: Seeded): Target {
  switch (random.below(6)) {
    case 0:
      return { kind: 'business_hours', minutes: random.pick([0, 1, 90, 480, 960, random.below(2000)]) };
    case 1:
      return { kind: 'elapsed', minutes: random.below(4000) };
    case 2:
      return { kind: 'calendar_days', days: random.below(5) };
    case 3:
      return { kind: 'business_days', days: random.below(4), dayRule: 'end_of_day' };
    case 4:
      return { kind: 'business_days', days: random.below(4), dayRule: 'day_length', minutesPerDay: 480 };
    default:
      return { kind: 'business_days', days: random.below(4) };
  }
}

function somePauses(random: Seeded, points: readonly number[]): readonly WalkedPause[] {
  let last = random.pick(points);
  return Array.from({ length: random.below(5) }, () => {
    const from = random.chance(0.3) ? last : random.pick(points) + random.below(3) - 1;
    const to = random.chance(0.6) ? random.pick(points) + random.below(3) - 1 : from + random.below(2000);
    last = Math.max(from, to);
    return { from, to: random.chance(0.1) ? Number.POSITIVE_INFINITY : last };
  });
}

function someInstants(random: Seeded, points: readonly number[]): readonly number[] {
  return Array.from({ length: 5 }, () => random.pick(points) + random.below(3) - 1);
}

function seconds(pauses: readonly WalkedPause[]): readonly WalkedPause[] {
  return pauses.map(({ from, to }) => ({ from: from * 60, to: to * 60 }));
}

function minute(at: number | null): number | null {
  return at === null ? null : at / 60;
}

function time(minutes: number): string {
  return new Date(minutes * 60_000).toISOString().slice(11, 16);
}
