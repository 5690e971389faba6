import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { insertPerson } from '#src/db/people/person-store.ts';
import { findRun, runningRun } from '#src/db/runs/run-store.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import type { StartedBackend } from '#test/support/backends.ts';
import type { Service } from '#test/support/service.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import { accountBehind, endLeases, workLeft } from '#test/support/sync-queries.ts';
import { crmPeople, type CrmName, type CrmPeople } from './crm-people.ts';
import { troubles, type Trouble } from './schedule.ts';

const workerFile = fileURLToPath(new URL('../../../workers/main.ts', import.meta.url));

/**
 * The whole service under simulation: PostgreSQL, a queue, a worker process that may be killed, and both CRMs
 * with people and faults in them.
 */
export class ServiceFixture implements AsyncDisposable {
  readonly service: Service;
  readonly people: Readonly<Record<CrmName, CrmPeople>>;
  /** Edits what is edited in Fairway. */
  readonly personId: string;
  readonly #redisUrl: string | null;
  #worker: ChildProcess;
  #killing: Promise<void> | null = null;
  #finishing: Promise<void> | null = null;

  private constructor(
    service: Service,
    people: ServiceFixture['people'],
    personId: string,
    redisUrl: string | null,
    worker: ChildProcess,
  ) {
    this.service = service;
    this.people = people;
    this.personId = personId;
    this.#redisUrl = redisUrl;
    this.#worker = worker;
  }

  static async start(backend: StartedBackend): Promise<ServiceFixture> {
    const service = await startBootedService({
      queue: backend.queue,
      plain: { accounts: 30, partners: 4, opportunities: 5 },
    });
    const { deps, addresses } = service;
    const people = {
      salesforce: await crmPeople('salesforce', addresses),
      hubspot: await crmPeople('hubspot', addresses),
    };
    const personId = deps.ids();
    const at = deps.clock();
    const ops = { email: 'ops@example.com', name: 'Olga Ops', role: 'ops', createdAt: at } as const;
    await insertPerson(deps.db, { id: personId, ...ops, approvesFrom: at });
    const worker = await spawnWorker(service);
    const fixture = new ServiceFixture(service, people, personId, backend.redisUrl, worker);
    await fixture.run(); // reads back what the first run wrote
    return fixture;
  }

  async connectionId(crm: CrmName): Promise<string> {
    return (await listConnections(this.service.deps.db)).find((one) => one.kind === crm)?.id ?? '';
  }

  async trouble(vendor: CrmName, trouble: Trouble, nth: number): Promise<void> {
    const rule = { vendor, match: { nth, times: 1 }, ...troubles[trouble] };
    await fetch(`${this.service.addresses.control}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
  }

  async endTroubles(): Promise<void> {
    await fetch(`${this.service.addresses.control}/faults`, { method: 'DELETE' });
  }

  async startRun(): Promise<void> {
    await startRun(this.service.deps, { trigger: 'person' });
  }

  /** Until no run is under way. */
  finishRun(): Promise<void> {
    // One looks for all schedules: each for itself, they would keep the database busy with nothing else.
    this.#finishing ??= this.#untilNoRun().finally(() => {
      this.#finishing = null;
    });
    return this.#finishing;
  }

  async #untilNoRun(): Promise<void> {
    const { db } = this.service.deps;
    await untilNothing(async () => {
      const run = await runningRun(db);
      return run ? [`run ${run.id} in ${run.stage}`, ...(await workLeft(db))] : [];
    });
  }

  /** Waits until nothing is under way and nothing is due. Every job that was added must end. */
  async finishEverything(): Promise<void> {
    await untilNothing(() => workLeft(this.service.deps.db));
  }

  /** One whole main job, and all that follows from it. */
  async run(): Promise<void> {
    await this.#untilNoRun();
    const { runId } = await startRun(this.service.deps, { trigger: 'person' });
    await this.#untilNoRun();
    const run = await findRun(this.service.deps.db, runId);
    if (run?.status !== 'done') throw new Error(`the run ended as ${run?.status}: ${run?.error}`);
    await this.finishEverything();
  }

  /**
   * Schedules play side by side, and a worker dies once: who kills one that is dead has its successor to wait
   * for.
   */
  killWorker(): Promise<void> {
    this.#killing ??= this.#replaceWorker().finally(() => {
      this.#killing = null;
    });
    return this.#killing;
  }

  async #replaceWorker(): Promise<void> {
    const gone = once(this.#worker, 'exit');
    this.#worker.kill('SIGKILL');
    await gone;
    // Its leases run out by themselves within half a minute. There is no need to wait for that, because it
    // holds nothing now.
    await endLeases(this.service.deps.db);
    this.#worker = await spawnWorker(this.service);
  }

  /**
   * Waits until both streams have delivered all events: they deliver in order, so a reader that receives a
   * new account has received all earlier events.
   */
  async hearAgain(): Promise<void> {
    await Promise.all(Object.values(this.people).map((people) => this.#hears(people)));
  }

  async #hears(people: CrmPeople): Promise<void> {
    const connectionId = await this.connectionId(people.crm);
    const extId = await people.createAccount('Heard');
    for (let waited = 0; waited < 90_000; waited += 50) {
      if (await accountBehind(this.service.deps.db, connectionId, extId)) return;
      await wait(50);
    }
    throw new Error(`the stream of ${people.crm} is not heard any more`);
  }

  async flushQueue(): Promise<void> {
    if (this.#redisUrl === null) return;
    const redis = new Redis(this.#redisUrl);
    await redis.flushall();
    redis.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#worker, 'exit');
    this.#worker.kill('SIGKILL');
    await gone;
    await this.service[Symbol.asyncDispose]();
  }
}

const stillMs = 90_000;
const longestMs = 10 * 60_000;

/**
 * Waits until there is nothing left. A minute and a half without progress is a failure, even on a slow
 * machine.
 */
async function untilNothing(look: () => Promise<readonly string[]>): Promise<void> {
  const began = Date.now();
  let changedAt = began;
  let before = '';
  for (;;) {
    const left = (await look()).join(', ');
    if (left === '') return;
    if (left !== before) changedAt = Date.now();
    before = left;
    if (Date.now() - changedAt > stillMs) throw new Error(`work stands still: ${left}`);
    if (Date.now() - began > longestMs) throw new Error(`work never ends: ${left}`);
    await wait(50);
  }
}

async function spawnWorker(service: Service): Promise<ChildProcess> {
  const worker = fork(workerFile, [], {
    env: { ...process.env, ...service.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const died = once(worker, 'exit').then(([code]) => {
    throw new Error(`a worker ended with ${code} before it took jobs`);
  });
  const ready = once(worker, 'message');
  // Later it is killed, which is expected.
  died.catch(() => {});
  await Promise.race([ready, died]);
  return worker;
}
