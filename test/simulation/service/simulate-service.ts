import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { backends, StartedBackend } from '#test/support/backends.ts';
import { schedules, type Schedule } from './schedule.ts';
import { play, StoryError } from './story.ts';
import { ServiceFixture } from './service-fixture.ts';

/** Schedules per queue backend. `npm run simulate` sets SCHEDULES to 100. */
const count = Number(process.env['SCHEDULES'] ?? 10);
/**
 * SEED repeats the schedules of an earlier run. The processes interleave differently each time, so a rare
 * failure may need some repeats.
 */
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
/**
 * Schedules played at the same time. A schedule mostly waits, for retries and for leases of killed workers.
 */
const together = Number(process.env['TOGETHER'] ?? 50);
const narrowingMs = 5 * 60_000;

type Backend = (typeof backends)[number];

export function simulateService(backend: Backend): void {
  describe.skipIf(backend.missing)(
    `the whole service under ${count} seeded schedules, with its queue on ${backend.name}`,
    () => {
      it(
        'keeps every accepted edit or logs what beat it, and comes to rest with both sides equal',
        { timeout: 40 * 60_000 },
        async () => {
          await using home = await backend.start();
          const all = fc.sample(schedules, { seed, numRuns: count });
          const failure = await playAll(home, all);
          if (failure) throw new Error(await report(home, all, failure), { cause: failure.error });
        },
      );
    },
  );
}

/** Places in all the schedules, and what went wrong when these were played side by side. */
interface Failure {
  readonly places: readonly number[];
  readonly error: unknown;
}

async function playAll(home: StartedBackend, all: readonly Schedule[]): Promise<Failure | null> {
  await using fixture = await ServiceFixture.start(home);
  for (let from = 0; from < all.length; from += together) {
    const group = all.slice(from, from + together);
    try {
      await play(fixture, group);
    } catch (error) {
      const places = error instanceof StoryError ? [error.place] : group.keys();
      return { error, places: [...places].map((place) => from + place) };
    }
  }
  return null;
}

/** The smallest failure that fails the same way in a new world, as far as it is found within minutes. */
async function report(home: StartedBackend, all: readonly Schedule[], failure: Failure): Promise<string> {
  const until = Date.now() + narrowingMs;
  const places = await narrowed(home, all, failure.places, until);
  const [place] = places;
  const lines = [
    `${String(failure.error)}\nrepeat with SEED=${seed} SCHEDULES=${all.length}`,
    `schedules ${places.join(', ')}: ${places.map((one) => JSON.stringify(all[one])).join('\n')}`,
  ];
  if (places.length > 1 || place === undefined) return lines.join('\n');
  const alone = fc.asyncProperty(schedules, (schedule) => playAlone(home, [schedule]));
  const interruptAfterTimeLimit = Math.max(1, until - Date.now());
  const shrunk = await fc.check(alone, { seed, path: String(place), numRuns: 1, interruptAfterTimeLimit });
  const least =
    shrunk.counterexample === null
      ? 'it passes when played alone'
      : `the least that fails: ${fc.stringify(shrunk.counterexample)}`;
  return [...lines, least].join('\n');
}

/** Halves the suspects for as long as one half fails by itself. */
async function narrowed(
  home: StartedBackend,
  all: readonly Schedule[],
  suspects: readonly number[],
  until: number,
): Promise<readonly number[]> {
  if (suspects.length <= 1 || Date.now() > until) return suspects;
  const middle = Math.ceil(suspects.length / 2);
  for (const half of [suspects.slice(0, middle), suspects.slice(middle)]) {
    try {
      await playAlone(
        home,
        half.flatMap((place) => all[place] ?? []),
      );
    } catch (error) {
      return narrowed(
        home,
        all,
        error instanceof StoryError ? half.slice(error.place, error.place + 1) : half,
        until,
      );
    }
  }
  return suspects;
}

async function playAlone(home: StartedBackend, some: readonly Schedule[]): Promise<void> {
  await using fixture = await ServiceFixture.start(home);
  await play(fixture, some);
}
