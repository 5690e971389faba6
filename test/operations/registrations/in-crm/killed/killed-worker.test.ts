/**
 * Every way to move a registration, with three processes killed one after the other: between reading and deciding,
 * between deciding and writing back, and after the CRM has stored what was written, before its answer arrives.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Db } from '#src/db/client.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { lockDecisions } from '#src/db/registrations/registration-store.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { sweepJobs } from '#src/operations/jobs/relay-jobs.ts';
import { createEndpoint } from '#src/operations/notices/endpoints.ts';
import type { MoveCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { programText } from '#test/operations/program/program-fixture.ts';
import { people, type CrmKind, type Deciding } from '#test/operations/registrations/in-crm/crm-worlds.ts';
import { startDecidingCrm, type DecidingCrm } from '#test/operations/registrations/in-crm/deciding-crm.ts';
import { startWebhookReceiver, type WebhookReceiver } from '#test/support/notices/webhook-receiver.ts';
import { addPerson } from '#test/support/people/people.ts';
import { endLeases } from '#test/support/sync-queries.ts';
import { startWorker } from '#workers/worker.ts';
import { eventsByRecord, madeTwice, waitingForLocks, workNotOver } from './killed-queries.ts';
import type { MortalWork } from './mortal-process.ts';

const mortalFile = fileURLToPath(new URL('mortal-process.ts', import.meta.url));
/** The calls that write registrations. */
const writes = {
  salesforce: { method: 'PATCH', path: '/composite/sobjects' },
  hubspot: { method: 'POST', path: 'p_fairway_registration/batch/update' },
} as const;
const hour = 3_600_000;
const day = 24 * hour;
const poll = { timeout: 60_000, interval: 50 } as const;

/** A person decides each registration and is promised to within ten days; the protection lasts as long. */
const program = programText(({ engagement, serviceLevel, protection }) => ({
  lifecycle: 'on',
  engagement: {
    ...engagement,
    rules: { ...engagement.rules, minimum_deal_size: { effect: 'review', amounts: ['100000.00 EUR'] } },
  },
  protection: { ...protection, days: 10, expiryNoticeDays: [] },
  serviceLevel: { ...serviceLevel, decision: { kind: 'elapsed', minutes: (10 * day) / 60_000 } },
}));

/** What happens to each registration: the event that it makes, and the state in the CRM after it. */
const acts = {
  submit: ['submit crm', 'in_review'],
  approve: [`approve crm ${people.lena.email}`, 'approved'],
  approveByApi: [`approve api ${people.marco.email}`, 'approved'],
  ask: [`request_info crm ${people.lena.email}`, 'info_requested'],
  answer: [`answer_info crm ${people.aisha.email}`, 'in_review'],
  appealByApi: ['appeal api', 'appealed'],
  overturn: [`overturn crm ${people.marco.email}`, 'approved'],
  extend: [`grant_extension crm ${people.marco.email}`, 'approved'],
  expire: ['expire', 'expired'],
  breach: ['escalate_100', 'in_review'],
} as const;
type Act = keyof typeof acts;
const actNames = Object.keys(acts) as readonly Act[];
const customers = [
  'Aurora',
  'Borealis',
  'Cassini',
  'Delphi',
  'Eridani',
  'Fornax',
  'Gemini',
  'Hydra',
  'Indus',
  'Juno',
];
type Registrations = Readonly<Record<Act, string>>;
const inCrm = ['approve', 'ask', 'answer', 'overturn', 'extend'] as const satisfies readonly Act[];

describe.each<CrmKind>(['salesforce', 'hubspot'])('registrations of %s', { timeout: 90_000 }, (kind) => {
  let crm: DecidingCrm;
  let receiver: WebhookReceiver;
  let service = '';
  let victim: ChildProcess | null = null;
  let prepared: Omit<Registrations, 'submit'>;

  beforeAll(async () => {
    crm = await startDecidingCrm(kind, {
      since: '2026-06-01T09:00:00Z',
      program,
      // A write that hangs occupies a job, and the other jobs go on.
      extraEnv: { WORKER_CONCURRENCY: '16' },
    });
    receiver = await startWebhookReceiver();
    const { id: actorId } = await addPerson(crm.deps, { name: 'Ada', role: 'admin' });
    await createEndpoint(crm.deps, { actorId, url: receiver.url, description: '', events: [] });
    prepared = await prepare();
  }, 180_000);
  afterEach(async () => {
    crm.faults.clear();
    await kill();
  });
  afterAll(async () => {
    await crm[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  const command = async (
    extId: string,
    by: string,
    move: Move,
    values: MoveCommand['with'] = {},
  ): Promise<MoveCommand> => ({
    at: Math.floor(crm.deps.clock().getTime() / 1000),
    by,
    via: 'api',
    do: move,
    registration: await crm.idOf(extId),
    with: values,
  });
  async function byApi(...given: Parameters<typeof command>): Promise<void> {
    expect((await applyLifecycleCommand(crm.deps, await command(...given))).refused).toBeNull();
  }
  const register = (name: Act): Promise<string> =>
    crm.register(`${customers[actNames.indexOf(name)]} Glaswerk`);

  /** Brings every registration but the submitted one to the state from which it moves next, until shortly before that. */
  async function prepare(): Promise<Omit<Registrations, 'submit'>> {
    const early = { expire: await register('expire'), breach: await register('breach') };
    await crm.follow(early.expire, early.breach);
    await byApi(early.expire, people.lena.email, 'approve');
    crm.pass(3 * day);
    const late = {
      approve: await register('approve'),
      approveByApi: await register('approveByApi'),
      ask: await register('ask'),
      answer: await register('answer'),
      appealByApi: await register('appealByApi'),
      overturn: await register('overturn'),
      extend: await register('extend'),
    };
    await crm.follow(...Object.values(late));
    const [row] = await crm.deps.db.execute<{ name: string }>(
      sql`select name from lifecycle_person where role = 'service' limit 1`,
    );
    service = row?.name ?? expect.fail('there is no service');
    const question = { reasonCode: 'unclear_customer', question: 'Who?' };
    await byApi(late.answer, people.lena.email, 'request_info', question);
    await byApi(late.appealByApi, people.lena.email, 'reject', { reasonCode: 'not_certified' });
    await byApi(late.overturn, people.lena.email, 'reject', { reasonCode: 'not_certified' });
    await byApi(late.overturn, service, 'appeal', { text: 'We are certified.' });
    await byApi(late.extend, people.lena.email, 'approve');
    await byApi(late.extend, service, 'request_extension');
    crm.pass(7 * day - hour);
    await work();
    return { ...early, ...late };
  }

  /** A day later: what people do in the CRM, which announces it, and by the API. Nothing is read yet. */
  async function act(): Promise<{ readonly made: Registrations; readonly given: MortalWork }> {
    crm.pass(day);
    const made = { ...prepared, submit: await register('submit') };
    const decide = async (name: Act, by: Deciding['by'], decision: Move, rest = {}): Promise<unknown> => {
      const seenVersion = Number((await crm.show(made[name]))['lifecycleVersion']);
      return crm.decide(made[name], { by, decision, ...rest, seenVersion });
    };
    await decide('approve', 'lena', 'approve');
    await decide('ask', 'lena', 'request_info', { reasonCode: 'unclear_customer', text: 'Which site?' });
    await decide('answer', 'aisha', 'answer_info', { text: 'Lyon.' });
    await decide('overturn', 'marco', 'overturn', { reasonCode: 'rule_misapplied' });
    await decide('extend', 'marco', 'grant_extension');
    const registrations = inCrm.map((name) => made[name]);
    const commands = [
      await command(made.approveByApi, people.marco.email, 'approve'),
      await command(made.appealByApi, service, 'appeal', { text: 'We are certified.' }),
    ];
    const { connection } = crm;
    const hints = [...registrations, made.submit].map((extId) => ({ object: crm.object, extId }));
    await crm.deps.db.transaction((tx) => recordHints(crm.deps, tx, { connection, hints, via: 'webhook' }));
    return {
      made,
      given: { commands, decisions: { connectionId: connection.id, runId: null, registrations } },
    };
  }

  /** @param given null: a worker that does nothing else */
  function start(given: MortalWork | null): void {
    const aheadMs = crm.deps.clock().getTime() - Date.now();
    victim = fork(mortalFile, [String(aheadMs), JSON.stringify(given)], {
      env: { ...process.env, ...crm.env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }
  async function kill(): Promise<void> {
    if (victim === null) return;
    const gone = once(victim, 'exit');
    victim.kill('SIGKILL');
    victim = null;
    expect(await gone).toEqual([null, 'SIGKILL']);
  }

  /** Lets the time pass after which a lost job is noticed. */
  async function findLostJobs(): Promise<void> {
    crm.pass(60_000);
    await endLeases(crm.deps.db);
    await sweepJobs(crm.deps);
  }
  async function work(): Promise<void> {
    await findLostJobs();
    await using _worker = startWorker(crm.deps, { syncMinutes: 0 });
    await vi.waitFor(async () => expect(await workNotOver(crm.deps.db)).toEqual([]), poll);
  }

  const eventsOf = async (made: Registrations): Promise<Readonly<Record<Act, readonly string[]>>> => {
    const events = await eventsByRecord(crm.deps.db, Object.values(made));
    return Object.fromEntries(
      actNames.map((name) => [name, events.get(made[name]) ?? []]),
    ) as unknown as Readonly<Record<Act, readonly string[]>>;
  };
  const doneIn = async (made: Registrations): Promise<readonly Act[]> => {
    const events = await eventsOf(made);
    return actNames.filter((name) => events[name].some((event) => event.startsWith(acts[name][0])));
  };
  const writesPlanned = async (made: Registrations): Promise<readonly Act[]> => {
    const rows = await crm.deps.db.execute<{ id: string }>(
      sql`select distinct l.ext_id as id from write_intent w join link l on l.record_id = w.record_id where w.status = 'pending'`,
    );
    return actNames.filter((name) => rows.some(({ id }) => id === made[name]));
  };
  /** In one call, so that a worker is killed before it looks again whether its write arrived. */
  const statesInCrm = async (made: Registrations): Promise<Readonly<Record<string, unknown>>> => {
    const fields = packFor(crm.deps, crm.connection, 'registration')?.fields ?? [];
    const state = fields.find(({ local }) => local === 'lifecycleState')?.remote ?? '';
    const connector = crm.deps.connectorFor(crm.connection);
    const records = await connector.fetch(crm.object, Object.values(made), [state]);
    const states = new Map(records.map(({ extId, fields: values }) => [extId, values[state]]));
    return Object.fromEntries(actNames.map((name) => [name, states.get(made[name])]));
  };
  const statesAfter = Object.fromEntries(actNames.map((name) => [name, acts[name][1]]));

  async function expectOnce(made: Registrations): Promise<void> {
    const { db } = crm.deps;
    expect(await statesInCrm(made)).toEqual(statesAfter);
    for (const [name, events] of Object.entries(await eventsOf(made))) {
      const ours = events.filter((event) => event.startsWith(acts[name as Act][0]));
      expect([name, ours]).toEqual([name, [expect.any(String)]]);
      expect([name, events]).toEqual([name, [...new Set(events)]]);
      const { decisionRefused } = await crm.show(made[name as Act]);
      expect([name, decisionRefused]).toEqual([name, null]);
    }
    expect(await madeTwice(db)).toEqual([]);
    const sent = await db.execute<{ message: string | null }>(
      sql`select m.id as message from lifecycle_notice n left join webhook_message m on m.notice_id = n.id`,
    );
    expect(new Set(receiver.received.map(({ id }) => id))).toEqual(
      new Set(sent.map(({ message }) => message)),
    );
  }

  test('are decided, written and told once when workers die before they decide, before they write and before the CRM answers', async () => {
    const { db } = crm.deps;
    const { made, given } = await act();
    await db.transaction(async (tx) => {
      await lockDecisions(tx);
      await tx.execute(sql`select from registration_lifecycle order by registration_id for update`);
      start(given);
      await expect.poll(() => decisionsRead(db), poll).toBe(inCrm.length);
      await expect.poll(() => isRead(db, made.submit), poll).toBe(true);
      // The decisions, both commands, the timers and the submission.
      await expect.poll(() => waitingForLocks(db), poll).toBeGreaterThanOrEqual(5);
      await kill();
    });
    expect(await doneIn(made)).toEqual([]);
    await findLostJobs();

    crm.faults.add({ vendor: kind, match: writes[kind], fault: { kind: 'hang' } });
    // People who got no answer ask again.
    start(given);
    await expect.poll(() => doneIn(made), poll).toEqual(actNames);
    // A deadline that is over changes nothing on the record.
    await expect
      .poll(() => writesPlanned(made), poll)
      .toEqual(expect.arrayContaining(actNames.filter((name) => name !== 'breach')));
    await kill();
    expect(await statesInCrm(made)).not.toEqual(statesAfter);
    await findLostJobs();

    crm.faults.clear();
    crm.faults.add({ vendor: kind, match: writes[kind], fault: { kind: 'cut', when: 'after' } });
    // A push of everything, beside the jobs that were lost: those stop at the first call that fails.
    const payload = { connectionId: crm.connection.id };
    await addJobs(
      db,
      [{ id: crm.deps.ids(), runId: null, stage: null, name: 'replay', payload }],
      crm.deps.clock(),
    );
    start(null);
    await expect.poll(() => statesInCrm(made), poll).toEqual(statesAfter);
    await kill();
    expect(await workNotOver(db)).toContainEqual(expect.stringMatching(/^write /));

    crm.faults.clear();
    await work();
    await expectOnce(made);
  });
});

async function isRead(db: Db, extId: string): Promise<boolean> {
  return (await db.execute(sql`select 1 from remote_record where ext_id = ${extId}`)).length > 0;
}

async function decisionsRead(db: Db): Promise<number> {
  return (await db.execute(sql`select 1 from crm_decision where handled_at is null`)).length;
}
