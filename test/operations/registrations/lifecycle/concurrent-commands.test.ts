/** Random commands of several people at once, on several connections. `SEED=…` repeats the choice of commands. */
import { afterEach, expect, test } from 'vitest';
import { seeded } from '#src/cli/match/seeded.ts';
import { applyCommand } from '#src/domain/registrations/lifecycle/step.ts';
import { applyAssessedCommand } from '#src/operations/registrations/lifecycle/command-plan.ts';
import { loadChannel } from '#src/operations/registrations/lifecycle/load-channel.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { eventsInOrder, lifecycleFixture, seconds, terms } from './lifecycle-fixture.ts';
import { isSame, markerOf, someCommand, twoApprovalSteps, type GivenCommand } from './random-commands.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const monday = '2026-06-15T08:00:00Z';
const actors = 6;
const commandsOfEach = 25;

const started: TestDeps[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one[Symbol.asyncDispose]();
});

async function start(options: Parameters<typeof startDeps>[0] = {}): Promise<TestDeps> {
  const one = await startDeps({ now: monday, ...options });
  started.push(one);
  return one;
}

test(`what several people do at once is what they would have done one after the other (SEED=${seed})`, async () => {
  const first = await start();
  const fixture = await lifecycleFixture(first.deps, monday, { approvalSteps: twoApprovalSteps });
  const second = await start({ databaseUrl: first.databaseUrl });
  const ids: string[] = [];
  let clock = seconds(monday);
  const actor = async (index: number): Promise<readonly GivenCommand[]> => {
    const random = seeded(seed + index);
    const deps = index % 2 === 0 ? first.deps : second.deps;
    const applied: GivenCommand[] = [];
    for (let count = 0; count < commandsOfEach; count += 1) {
      clock += random.below(2);
      const marker = `${index} ${count}`;
      const command = someCommand(random, fixture, { ids, marker, at: clock, newId: deps.ids() });
      const outcome = await applyAssessedCommand(deps, command);
      if (outcome.result !== null && 'created' in outcome.result) ids.push(outcome.result.created);
      applied.push({ command, outcome });
    }
    return applied;
  };
  const applied = (await Promise.all(Array.from({ length: actors }, (_, index) => actor(index)))).flat();

  const events = (await eventsInOrder(first.deps)).filter(({ given }) => markerOf(given) !== null);
  const byMarker = new Map(applied.map((one) => [one.command.with.text, one]));
  // No accepted command is lost, and none counts twice.
  const accepted = applied.filter(({ outcome }) => outcome.refused === null && !isSame(outcome));
  const stored = events.filter(({ refusal }) => refusal === null).map(({ given }) => markerOf(given) ?? '');
  expect(stored.toSorted()).toEqual(accepted.map(({ command }) => command.with.text ?? '').toSorted());
  // A choice of commands without an accepted approval is possible; one without any accepted move proves nothing.
  expect(accepted.filter(({ command }) => command.do !== 'submit').length).toBeGreaterThan(5);

  // The rules, applied to the same commands in the order of their events, accept each and end with the same.
  const named = { partners: Object.values(fixture.partners), opportunities: [fixture.opportunity] };
  let { channel } = await loadChannel(first.deps.db, [], named, new Date(monday));
  for (const { given, at, refusal } of events) {
    const one = byMarker.get(markerOf(given) ?? '');
    if (one === undefined) throw new Error('an event has a command that was not given');
    const result = applyCommand(channel, { ...one.command, at: seconds(at) });
    expect({ command: one.command, refused: result.refused?.reason ?? null }).toEqual({
      command: one.command,
      refused: refusal,
    });
    channel = result.channel;
  }
  for (const id of ids) {
    const shown = await showLifecycle(first.deps, id, { at: clock });
    expect(shown?.registration).toEqual(channel.registrations[id]);
  }
  expect(Object.keys(channel.registrations).toSorted()).toEqual(ids.toSorted());
});

test('two approvers who decide one registration at once: one decides, the other learns that it is decided', async () => {
  const { deps } = await start();
  const fixture = await lifecycleFixture(deps, monday);
  for (let round = 0; round < 10; round += 1) {
    const id = await fixture.submits('review', monday);
    const outcomes = await Promise.all([
      fixture.does('olga', 'approve', '2026-06-15T09:00:00Z', id),
      fixture.does('omar', 'reject', '2026-06-15T09:00:00Z', id, { reasonCode: 'not_certified' }),
    ]);
    expect(outcomes.map(({ refused }) => refused?.reason ?? 'accepted').toSorted()).toEqual([
      'accepted',
      'already_decided',
    ]);
  }
});

test('one key sent ten times at once, and one deal sent ten times at once, are one registration', async () => {
  const { deps } = await start();
  const fixture = await lifecycleFixture(deps, monday);
  const sendAll = (key: string | undefined, deal: string) =>
    Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        fixture.does('portal', 'submit', monday, deps.ids(), {
          terms,
          rules: 'review',
          key,
          deal: key === undefined ? deal : `${deal} ${index}`,
        }),
      ),
    );
  for (const outcomes of [await sendAll('order 1', 'a'), await sendAll(undefined, 'b')]) {
    const results = outcomes.map(({ result }) => Object.entries(result ?? {}).flat());
    expect(results.filter(([what]) => what === 'created')).toHaveLength(1);
    expect(new Set(results.map(([, id]) => id)).size).toBe(1);
  }
});
