import fc from 'fast-check';
import { Connection, type Process } from './support/connection.ts';
import { Crm, vendors } from './support/crm.ts';
import { fieldNames, ownedField, sharedFields } from './support/fields.ts';
import { Oracle } from './support/oracle.ts';
import { inWords, schedules, type Action, type ProcessName, type ValueSource } from './support/schedule.ts';
import type { CanonicalCell } from './support/tables.ts';

/** Each step of a process takes this long, so that no two things of one process happen at once. */
const stepMs = 150;
const restMs = 15 * 60_000;
/** Between two polls: an index has caught up by then. */
const cycleMs = 5 * 60_000;

interface World {
  readonly connection: Connection;
  readonly crm: Crm;
  readonly oracle: Oracle;
}

/** Fairway and two CRMs, driven by a schedule. */
class Simulation {
  readonly #clock = { now: Date.parse('2026-11-02T08:00:00Z') };
  readonly #worlds: readonly World[];
  #running: { readonly name: string; readonly process: Process }[] = [];
  #values = 0;

  constructor() {
    this.#worlds = vendors.map((traits) => {
      const crm = new Crm(traits, this.#clock);
      const oracle = new Oracle();
      const connection = new Connection(crm, this.#clock, oracle);
      oracle.watch(connection);
      return { crm, oracle, connection };
    });
    for (const world of this.#worlds) {
      for (let n = 0; n < 2; n += 1) this.#create(world);
      this.#clock.now += restMs;
      this.#runCycle(world);
    }
  }

  act(action: Action): void {
    this.#clock.now += stepMs;
    switch (action.do) {
      case 'go on':
        this.#goOn(this.#running[action.process % this.#running.length]?.name, action.steps);
        return;
      case 'crash':
        this.#running = [];
        return;
      case 'wait':
        this.#clock.now += action.ms;
        return;
      default: {
        const world = this.#worlds[action.crm];
        if (world) this.#actIn(world, action);
      }
    }
  }

  /** Lets everything come to rest, and says what was promised and did not come true. */
  judge(): readonly string[] {
    while (this.#running.length > 0) this.#goOn(this.#running[0]?.name, 1);
    return this.#worlds.flatMap((world) => {
      world.connection.fault = null;
      this.#clock.now += restMs;
      this.#answerAll(world);
      this.#runCycle(world);
      this.#runCycle(world);
      // An answer is an edit like any other: two cycles again.
      if (this.#answerAll(world)) {
        this.#runCycle(world);
        this.#runCycle(world);
      }
      const { landed } = world.oracle;
      this.#runCycle(world);
      if (world.oracle.landed > landed)
        world.oracle.violations.push(`the third cycle made ${world.oracle.landed - landed} writes`);
      world.oracle.judge(world.connection);
      return world.oracle.violations.map((violation) => `${world.crm.traits.name} ${violation}`);
    });
  }

  /** Event → how often, so far. */
  events(): readonly (readonly [string, number])[] {
    return this.#worlds.flatMap(({ oracle }) => [...oracle.events]);
  }

  #actIn(world: World, action: Extract<Action, { readonly crm: number }>): void {
    const { connection, crm } = world;
    switch (action.do) {
      case 'crm edits':
        return this.#editInCrm(world, action.record, fieldNames[action.field] ?? '', action.value);
      case 'fairway edits':
        return this.#editInFairway(
          world,
          action.record,
          sharedFields[action.field % sharedFields.length] ?? '',
          action.value,
        );
      case 'derive':
        return this.#derive(world, action.record);
      case 'answer':
        if (connection.ours.answer(action.record, action.winner)) world.oracle.allowance += 1;
        return;
      case 'create':
      case 'delete':
      case 'restore':
      case 'merge':
        return this.#changeExistence(world, action);
      case 'weather':
        crm.commitDelayMs = action.commitDelay;
        crm.indexLagMs = action.indexLag;
        return;
      case 'hint':
        return this.#hint(world, action.record, action.fate);
      case 'fault':
        world.oracle.allowance += 2;
        connection.fault = { is: action.is, rows: action.rows };
        return;
      case 'start':
        return this.#start(world, action.process, action.steps);
    }
  }

  #editInCrm({ crm, connection, oracle }: World, record: number, field: string, source: ValueSource): void {
    const extId = pick(crm.free(), record);
    if (extId === undefined) return;
    const before = crm.valuesOf(extId)[field] ?? null;
    const recordId = connection.tables.links.get(extId)?.recordId ?? '';
    const value = this.#value('crm', source, connection.tables.records.get(recordId)?.values[field]);
    if (value === before) return;
    crm.edit(extId, field, value);
    oracle.edited('crm', extId, field, { before, value });
  }

  #editInFairway(
    { crm, connection, oracle }: World,
    record: number,
    field: string,
    source: ValueSource,
  ): void {
    const recordId = pick([...connection.tables.records.keys()], record);
    const extId = recordId === undefined ? null : connection.tables.remoteOf(recordId);
    if (recordId === undefined || extId === null) return;
    const before = connection.tables.records.get(recordId)?.values[field] ?? null;
    const value = this.#value('fairway', source, crm.records.has(extId) ? crm.valuesOf(extId)[field] : null);
    if (value === before || !connection.ours.edit(recordId, field, value)) return;
    oracle.edited('fairway', extId, field, { before, value });
    // An edit of a record that was deleted or merged at the vendor, which Fairway does not know yet, has no
    // effect.
    if (!crm.isThere(extId)) oracle.ended(extId);
  }

  #derive({ connection, oracle }: World, record: number): void {
    const recordId = pick([...connection.tables.records.keys()], record);
    const before = connection.tables.records.get(recordId ?? '')?.values[ownedField] ?? null;
    if (
      recordId === undefined ||
      !connection.ours.derive(recordId, ownedField, this.#value('derived', 'new', null))
    )
      return;
    oracle.replaced(null, connection.tables.remoteOf(recordId) ?? '', ownedField, before);
  }

  #changeExistence(
    world: World,
    action: { readonly do: 'create' | 'delete' | 'restore' | 'merge'; readonly record: number },
  ): void {
    const { crm, oracle } = world;
    const extId = pick(action.do === 'restore' ? crm.binned() : crm.free(), action.record);
    if (action.do === 'create') this.#create(world);
    if (extId === undefined) return;
    if (action.do === 'restore') crm.restore(extId);
    if (action.do === 'delete') {
      crm.remove(extId);
      oracle.ended(extId);
    }
    const other = pick(crm.free(), action.record + 1);
    if (action.do === 'merge' && other !== undefined && other !== extId)
      oracle.mergedAway(extId, other, crm.merge(extId, other));
  }

  #create({ crm, oracle }: World): void {
    const values = sharedFields.map((field) => [field, this.#value('crm', 'new', null)] as const);
    const extId = crm.create(Object.fromEntries(values));
    for (const [field, value] of values) oracle.edited('crm', extId, field, { before: null, value });
  }

  #hint({ crm, connection }: World, index: number, fate: 'arrives' | 'arrives twice' | 'is lost'): void {
    const extId = pick(crm.hints, index);
    if (extId === undefined) return;
    if (fate !== 'is lost') connection.tables.hint(extId, { doubt: false });
    if (fate !== 'arrives twice') crm.hints.splice(index % crm.hints.length, 1);
  }

  /** One reader, one writer and one errand a connection; two plans may meet. */
  #start({ connection, crm }: World, process: ProcessName, steps: number): void {
    const name = `${process} of ${crm.traits.name}`;
    const running = this.#running.filter((one) => one.name === name).length;
    if (running < (process === 'plan' ? 2 : 1)) this.#running.push({ name, process: connection[process]() });
    this.#goOn(name, steps);
  }

  #goOn(name: string | undefined, steps: number): void {
    const one = this.#running.findLast((running) => running.name === name);
    if (!one) return;
    for (let n = 0; n < steps; n += 1) {
      this.#clock.now += stepMs;
      if (one.process.next().done) {
        this.#running = this.#running.filter((running) => running !== one);
        return;
      }
    }
  }

  #runCycle({ connection }: World): void {
    this.#clock.now += cycleMs;
    for (const process of [connection.poll(), connection.refresh(), connection.plan(), connection.push()]) {
      while (!process.next().done) this.#clock.now += stepMs;
      this.#clock.now += stepMs;
    }
  }

  #answerAll({ connection, oracle }: World): boolean {
    let answered = 0;
    while (connection.ours.answer(0, (this.#values + answered) % 2 === 0 ? 'crm' : 'fairway')) answered += 1;
    oracle.allowance += answered;
    return answered > 0;
  }

  #value(
    by: 'crm' | 'fairway' | 'derived',
    source: ValueSource,
    other: CanonicalCell | undefined,
  ): CanonicalCell {
    if (source === 'blank') return null;
    if (source === 'as on the other side') return other ?? null;
    this.#values += 1;
    return `${by} ${this.#values}`;
  }
}

function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % items.length];
}

/** The promises that were broken; empty when all is well. */
function simulate(schedule: readonly Action[]): readonly string[] {
  const simulation = new Simulation();
  for (const action of schedule) simulation.act(action);
  return simulation.judge();
}

/** Counts the events in a number of schedules: event → how often. */
export function eventsIn({
  seed,
  runs,
}: {
  readonly seed: number;
  readonly runs: number;
}): ReadonlyMap<string, number> {
  const events = new Map<string, number>();
  for (const schedule of fc.sample(schedules, { seed, numRuns: runs })) {
    const simulation = new Simulation();
    for (const action of schedule) simulation.act(action);
    simulation.judge();
    for (const [event, times] of simulation.events()) events.set(event, (events.get(event) ?? 0) + times);
  }
  return events;
}

/**
 * Simulates many schedules and shrinks the first that goes wrong.
 *
 * @throws Error with the seed, the path and the shortest schedule found, in words
 */
export function checkSchedules(input: {
  readonly seed: number;
  readonly runs: number;
  readonly path?: string;
}): void {
  const { seed, runs, path } = input;
  const details = fc.check(
    fc.property(schedules, (schedule) => simulate(schedule).length === 0),
    { seed, numRuns: runs, ...(path !== undefined && { path, endOnFailure: true }) },
  );
  if (!details.failed) return;
  const [schedule] = details.counterexample ?? [[]];
  const lines = [
    `schedule ${details.numRuns} of seed ${details.seed} breaks a promise (path ${details.counterexamplePath}, shrunk ${details.numShrinks} times):`,
    ...schedule.map((action, index) => `  ${index + 1}. ${inWords(action)}`),
    'and then:',
    ...outcomeOf(schedule).map((line) => `  ${line}`),
  ];
  throw new Error(lines.join('\n'));
}

function outcomeOf(schedule: readonly Action[]): readonly string[] {
  try {
    return simulate(schedule);
  } catch (error) {
    return [String(error)];
  }
}
