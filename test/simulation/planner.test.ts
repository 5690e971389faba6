import { expect, test } from 'vitest';
import { checkSchedules, eventsIn } from './planner.ts';

test.each([1, 2, 3, 4])(
  'in 5,000 schedules of people, faults and crashes (seed %i) no edit is lost without a word, both sides come to agree and then rest',
  (seed) => checkSchedules({ seed, runs: 5_000 }),
  60_000,
);

test('the schedules go where things go wrong: writes of every outcome, conflicts of every policy, and records that end', () => {
  const events = eventsIn({ seed: 1, runs: 3_000 });
  const wanted = [
    'edit in crm',
    'edit in fairway',
    'end of a record',
    'write: ok',
    'write: locked',
    'write: gone',
    'conflict about city, for crm',
    'conflict about reason, for fairway',
    'conflict about amount, for crm',
    'conflict about amount, for fairway',
    'conflict about product, for crm',
    'conflict about product, for fairway',
    'conflict about domain, for crm',
    'conflict about domain, for fairway',
    'conflict about tier, for fairway',
  ];
  expect(wanted.filter((event) => (events.get(event) ?? 0) < 3)).toEqual([]);
});
