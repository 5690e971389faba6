/**
 * Random commands of several people, while worker processes fire timers, send notices and write back, and one of them
 * is killed. `SEED=…` repeats the choice of commands.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { seeded } from '#src/cli/match/seeded.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { applyAssessedCommand } from '#src/operations/registrations/lifecycle/command-plan.ts';
import { loadChannel } from '#src/operations/registrations/lifecycle/load-channel.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { createEndpoint } from '#src/operations/notices/endpoints.ts';
import type { Deps } from '#src/deps.ts';
import {
  eventsInOrder,
  lifecycleFixture,
  seconds,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import {
  isSame,
  markerOf,
  someCommand,
  submission,
  twoApprovalSteps,
  type GivenCommand,
} from '#test/operations/registrations/lifecycle/random-commands.ts';
import { backends } from '#test/support/backends.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { startWebhookReceiver } from '#test/support/notices/webhook-receiver.ts';
import { addPerson } from '#test/support/people/people.ts';
import { workLeft } from '#test/support/sync-queries.ts';
import { wronglyDecided } from './authority.ts';
import { replaySteps } from './replay-steps.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const actors = 6;
const commandsOfEach = 15;
/** Unlucky commands are mostly refused. Then everybody goes on until this many moves were accepted. */
const leastMoves = 6;
const longestPauseMs = 250;
const daySeconds = 86_400;
const workerFile = fileURLToPath(new URL('../../../workers/main.ts', import.meta.url));

for (const backend of backends) {
  describe.skipIf(backend.missing)(`random moves with workers, the queue on ${backend.name}`, () => {
    test(
      `what people and timers do at once, and across a killed worker, is what the rules say, once (SEED=${seed})`,
      { timeout: 600_000 },
      async () => {
        await using stack = new AsyncDisposableStack();
        const home = stack.use(await backend.start());
        const first = stack.use(await startDeps({ queue: home.queue }));
        const second = stack.use(
          await startDeps({ queue: home.queue, databaseUrl: first.databaseUrl, extraEnv: first.env }),
        );
        const { deps } = first;
        const receiver = stack.use(await startWebhookReceiver());
        const { id: actorId } = await addPerson(deps, { name: 'Ada', role: 'admin' });
        await createEndpoint(deps, { actorId, url: receiver.url, description: '', events: [] });
        const began = now(deps);
        const fixture = await lifecycleFixture(deps, instant(began - 120 * daySeconds), {
          approvalSteps: twoApprovalSteps,
          decisionTarget: { kind: 'elapsed', minutes: 1 },
          // Six seconds are a tenth of the promised minute.
          escalations: [1, 2, 4, 6, 8, 10].map((percent) => ({ percent, to: ['deciders', 'lead'] })),
        });
        const old = await submitInThePast(fixture, began);
        const given = [...old, ...(await actWhileWorkersRun(stack, [first, second], fixture, old))];
        await expectNothingIsDue(deps);
        await expectWhatTheRulesSay(deps, fixture, given);
        await expectEachNoticeOnce(deps, new Set(receiver.received.map(({ id }) => id)));
        await expectEachMoveWrittenBack(deps);
      },
    );
  });
}

const now = (deps: Deps): number => Math.floor(deps.sharedClock().getTime() / 1000);
const instant = (at: number): string => new Date(at * 1000).toISOString().replace('.000Z', 'Z');

const acceptedAmong = (given: readonly GivenCommand[]): readonly GivenCommand[] =>
  given.filter(({ outcome }) => outcome.refused === null && !isSame(outcome));
const movesAmong = (given: readonly GivenCommand[]): readonly GivenCommand[] =>
  acceptedAmong(given).filter(({ command }) => command.do !== 'submit');

/** Their timers are due, and no worker has been up since. */
async function submitInThePast(fixture: LifecycleFixture, at: number): Promise<readonly GivenCommand[]> {
  const all: GivenCommand[] = [];
  for (const [index, rules] of (
    ['clear', 'review', 'clear', 'review', 'clear', 'clear'] as const
  ).entries()) {
    const days = 110 - index;
    const command = submission(fixture, {
      registration: fixture.deps.ids(),
      marker: `past ${index}`,
      at: at - days * daySeconds,
      rules,
    });
    all.push({ command, outcome: await applyAssessedCommand(fixture.deps, command) });
  }
  return all;
}

async function actWhileWorkersRun(
  stack: AsyncDisposableStack,
  started: readonly TestDeps[],
  fixture: LifecycleFixture,
  old: readonly GivenCommand[],
): Promise<readonly GivenCommand[]> {
  const ids = old.map(({ command }) => command.registration);
  const given: GivenCommand[] = [];
  const workers = await Promise.all([
    startWorker(stack, fixture.deps, started),
    startWorker(stack, fixture.deps, started),
  ]);
  const act = async (index: number): Promise<void> => {
    const random = seeded(seed + index);
    const { deps } = started[index % started.length] ?? fixture;
    for (let count = 0; count < commandsOfEach || movesAmong(given).length < leastMoves; count += 1) {
      await wait(random.below(longestPauseMs));
      const at = now(deps);
      const command = someCommand(random, fixture, {
        ids,
        marker: `${index} ${count}`,
        at,
        newId: deps.ids(),
      });
      const outcome = await applyAssessedCommand(deps, command);
      if (outcome.result !== null && 'created' in outcome.result) ids.push(outcome.result.created);
      given.push({ command, outcome });
    }
  };
  const acted = Promise.all(Array.from({ length: actors }, (_, index) => act(index)));
  const killedAfter = seeded(seed).below((actors * commandsOfEach) / 2) + 10;
  const kill = async (): Promise<void> => {
    while (given.length < killedAfter) await wait(5);
    const [killed] = workers;
    killed?.kill('SIGKILL');
    await startWorker(stack, fixture.deps, started);
  };
  await Promise.all([acted, kill()]);
  return given;
}

async function startWorker(
  stack: AsyncDisposableStack,
  { log }: Deps,
  [home]: readonly TestDeps[],
): Promise<ChildProcess> {
  const worker = fork(workerFile, [], {
    env: { ...process.env, ...home?.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(worker, 'exit');
  stack.defer(async () => {
    worker.kill('SIGKILL');
    await gone;
  });
  await once(worker, 'message');
  log.debug({ pid: worker.pid }, 'a worker takes jobs');
  return worker;
}

/**
 * Waits until no timer falls due soon and nothing is left to do: no notice, message or job is missing. The last
 * escalation is due six seconds after a submission.
 */
async function expectNothingIsDue({ db }: Deps): Promise<void> {
  const left = async (): Promise<readonly string[]> => [
    ...(await workLeft(db)),
    ...(
      await db.execute<{ what: string }>(sql`
        select 'timer ' || timer || ' of ' || registration_id as what from lifecycle_timer
          where due_at <= now() + interval '10 seconds'
        union all select 'notice ' || id from lifecycle_notice where sent_at is null
        union all select 'webhook ' || id from webhook_delivery where status <> 'delivered'`)
    ).map(({ what }) => what),
  ];
  await expect.poll(left, { timeout: 240_000, interval: 200 }).toEqual([]);
}

async function expectWhatTheRulesSay(
  deps: Deps,
  fixture: LifecycleFixture,
  given: readonly GivenCommand[],
): Promise<void> {
  const events = await eventsInOrder(deps);
  const accepted = acceptedAmong(given);
  const stored = events.flatMap((one) => (one['refusal'] === null ? (markerOf(one['given']) ?? []) : []));
  expect(stored.toSorted()).toEqual(accepted.map(({ command }) => command.with.text ?? '').toSorted());
  expect(movesAmong(given).length).toBeGreaterThanOrEqual(leastMoves);
  expect(wronglyDecided(events, twoApprovalSteps)).toEqual([]);

  const named = { partners: Object.values(fixture.partners), opportunities: [fixture.opportunity] };
  const { channel } = await loadChannel(deps.db, [], named, deps.sharedClock());
  const commands = new Map(
    given.map(({ command }): [string, LifecycleCommand] => [command.with.text ?? '', command]),
  );
  const replayed = replaySteps(channel, events, commands);
  expect(replayed.differences).toEqual([]);
  for (const [id, registration] of Object.entries(replayed.registrations))
    expect((await showLifecycle(deps, id, { at: now(deps) }))?.registration).toEqual(registration);

  const timers = events.filter(
    ({ actor, via, move }) => actor === null && via === null && !move.includes('.'),
  );
  expect(
    timers.map(({ registration, move, at }) => `${registration} ${move} ${seconds(at)}`).toSorted(),
  ).toEqual(
    replayed.timers.map(({ registration, timer, at }) => `${registration} ${timer} ${at}`).toSorted(),
  );
  expect(timers.filter(({ move }) => move.startsWith('escalate')).length).toBeGreaterThan(10);
  const notices = await deps.db.execute<{ text: string }>(
    sql`select event || ' ' || registration_id || ' ' || (recipients #>> '{}') as text from lifecycle_notice`,
  );
  const expected = replayed.notices.map(
    ({ event, registration, to }) => `${event} ${registration} ${JSON.stringify(to)}`,
  );
  expect(notices.map(({ text }) => text.replaceAll('", "', '","')).toSorted()).toEqual(expected.toSorted());
}

async function expectEachNoticeOnce({ db }: Deps, received: ReadonlySet<string>): Promise<void> {
  const rows = await db.execute<{ id: string; message: string | null }>(
    sql`select n.id, m.id as message from lifecycle_notice n left join webhook_message m on m.notice_id = n.id`,
  );
  expect(rows.filter(({ message }) => message === null)).toEqual([]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(received).toEqual(new Set(rows.map(({ message }) => message)));
}

/** A job for each step of a command, added with it and done; and for each registration that a timer moved. */
async function expectEachMoveWrittenBack({ db }: Deps): Promise<void> {
  const missing = await db.execute(sql`
    with jobs as (
      select x.id::uuid as registration_id, j.created_at, j.status
      from job j, jsonb_array_elements_text(j.payload -> 'registrationIds') x(id) where j.name = 'write-back'),
    steps as (select registration_id, at, count(distinct xmin::text)::int as steps, bool_and(actor is null) as by_timer
      from registration_event group by registration_id, at)
    select s.registration_id, s.at from steps s
    where (select count(*) from jobs j where j.registration_id = s.registration_id and j.status = 'done'
        and (j.created_at = s.at or s.by_timer and j.created_at >= s.at)) < case when s.by_timer then 1 else s.steps end`);
  expect([...missing]).toEqual([]);
  const [failed] = await db.execute(sql`select count(*)::int as count from job where status <> 'done'`);
  expect(failed).toEqual({ count: 0 });
}
