import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#src/domain/errors.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { packFor, requireConnection, tryMapping } from '#src/operations/connections/use-connection.ts';
import { resolveConflict } from '#src/operations/edits/resolve-conflict.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import {
  accountBehind,
  brokenInvariants,
  noticedChanges,
  pausedUntil,
  registrationAsKnown,
  resolutionsOf,
  writesSince,
  type LoggedResolution,
} from '#test/support/sync-queries.ts';
import type { CrmFields, CrmPeople } from './crm-people.ts';
import { twoWayFields, type Action, type Schedule, type TwoWayField } from './schedule.ts';
import type { ServiceFixture } from './service-fixture.ts';

interface AcceptedEdit {
  readonly side: 'crm' | 'fairway';
  readonly field: TwoWayField;
  readonly value: string | null;
  /** The value that the person saw. */
  readonly before: string | null;
  readonly at: Date;
  /** The other side changed it again knowing it: that is no loss. */
  seen: boolean;
}

/** The values of a registration before anybody edits it; its customer's name has a number as well. */
const first: CrmFields = {
  customerName: 'Kunde',
  contactEmail: null,
  productFamily: 'Core',
  dealType: 'new',
  expectedClose: '2027-02-28',
  amount: '500',
};

let stories = 0;

/**
 * Plays schedules side by side, each on a separate registration, lets the world come to rest, and throws
 * when anything was lost, doubled or left different.
 */
export async function play(fixture: ServiceFixture, schedules: readonly Schedule[]): Promise<void> {
  const played = await Promise.all(
    schedules.map(async ({ crm, actions }) => ({
      actions,
      story: new Story(fixture, fixture.people[crm], await fixture.connectionId(crm)),
    })),
  );
  await eachOf(played, ({ story }) => story.begin());
  await fixture.run();
  await eachOf(played, async ({ actions, story }) => {
    for (const action of actions) await story.act(action);
  });
  await comeToRest(
    fixture,
    played.map(({ story }) => story),
  );
  const broken = await brokenInvariants(fixture.service.deps.db);
  if (broken.length > 0) throw new Error(`invariants are broken: ${JSON.stringify(broken)}`);
  await eachOf(played, ({ story }) => story.check());
}

/**
 * Side by side to the end of all of them: one that goes on while the world is taken down would spoil what is
 * played next.
 */
async function eachOf<T>(played: readonly T[], part: (one: T) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(played.map(part));
  for (const [place, end] of ends.entries())
    if (end.status === 'rejected') throw new StoryError(place, end.reason);
}

/** One of the schedules was not kept to; its place among those played together. */
export class StoryError extends Error {
  override readonly name = 'StoryError';
  readonly place: number;

  constructor(place: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.place = place;
  }
}

/** There are no further faults: within two cycles both sides agree, and the third has nothing to write. */
async function comeToRest(fixture: ServiceFixture, played: readonly Story[]): Promise<void> {
  await fixture.endTroubles();
  await fixture.finishRun();
  await untilLetIn(fixture);
  await fixture.hearAgain();
  await fixture.finishEverything();
  await fixture.run();
  // An answer is an edit: the cycles count from there.
  const answered = await Promise.all(played.map((story) => story.answerQuestions()));
  if (answered.includes(true)) await fixture.run();
  await fixture.run();
  const third = fixture.service.deps.clock();
  await fixture.run();
  const written = await writesSince(fixture.service.deps.db, third);
  if (written > 0)
    throw new Error(`${written} records were written in a cycle that should have found nothing to write`);
}

async function untilLetIn(fixture: ServiceFixture): Promise<void> {
  for (;;) {
    const until = await pausedUntil(fixture.service.deps.db);
    if (!until) return;
    if (until.getTime() - Date.now() > 30_000)
      throw new Error(`a connection is paused until ${until.toISOString()}, for a fault that has passed`);
    await wait(Math.max(50, until.getTime() - Date.now()));
  }
}

class Story {
  readonly #fixture: ServiceFixture;
  readonly #people: CrmPeople;
  readonly #connectionId: string;
  #label = 0;
  #extId = '';
  #alive = true;
  readonly #edits: AcceptedEdit[] = [];
  readonly #merged: { readonly loser: string; readonly survivor: string }[] = [];

  constructor(fixture: ServiceFixture, people: CrmPeople, connectionId: string) {
    this.#fixture = fixture;
    this.#people = people;
    this.#connectionId = connectionId;
  }

  async begin(): Promise<void> {
    stories += 1;
    const n = stories;
    this.#label = n;
    const fields = { ...first, customerName: `Kunde ${n}` };
    const fixed = { number: `SIM-${n}`, currency: 'EUR', submittedAt: '2026-11-01T08:00:00.000Z' };
    this.#extId = await this.#people.register(await this.#people.partner(), { ...fixed, ...fields });
  }

  async act(action: Action): Promise<void> {
    const { deps } = this.#fixture.service;
    switch (action.do) {
      case 'crm edits':
        return this.#editInCrm(action.field, action.value);
      case 'fairway edits':
        return this.#editInFairway(action.field, action.value);
      case 'crm overwrites status':
        if (this.#alive) await insistently(() => this.#people.edit(this.#extId, { status: action.value }));
        return;
      case 'crm deletes':
        return this.#delete();
      case 'crm restores':
        if (!this.#alive) await insistently(() => this.#people.restore(this.#extId));
        this.#alive = true;
        return;
      case 'crm merges customers':
        return this.#mergeCustomers();
      case 'hint':
        for (let n = 0; n < action.times; n += 1) await this.#hint();
        return relaySoon(deps);
      case 'trouble':
        return this.#fixture.trouble(this.#people.crm, action.trouble, action.nth);
      case 'start run':
        return this.#fixture.startRun();
      case 'wait':
        return wait(action.ms);
      case 'finish run':
        return this.#fixture.finishRun();
      case 'kill worker':
        return this.#fixture.killWorker();
      case 'flush queue':
        return this.#fixture.flushQueue();
    }
  }

  /** A person who gets no answer looks before trying again: a deleted record cannot be deleted again. */
  async #delete(): Promise<void> {
    await insistently(async () => {
      if (await this.#people.read(this.#extId)) await this.#people.remove(this.#extId);
    });
    this.#alive = false;
  }

  async #editInCrm(field: TwoWayField, value: string | null): Promise<void> {
    const before = this.#alive && (await insistently(() => this.#people.read(this.#extId)));
    // Entering the value that is there already is no edit to any CRM.
    if (!before || same(field, before[field], value)) return;
    await insistently(() => this.#people.edit(this.#extId, { [field]: value }));
    this.#accept('crm', field, value, before[field] ?? null);
  }

  async #editInFairway(field: TwoWayField, value: string | null): Promise<void> {
    const { deps } = this.#fixture.service;
    const known = await registrationAsKnown(deps.db, this.#connectionId, this.#extId);
    if (!known || known.deleted) return;
    try {
      const { changed } = await editRecord(deps, {
        kind: 'registration',
        id: known.id,
        values: { [field]: value },
        expectedValues: { [field]: known.values[field] ?? null },
        personId: this.#fixture.personId,
      });
      if (changed.includes(field)) this.#accept('fairway', field, value, known.values[field] ?? null);
    } catch (error) {
      // Refused in words, so not accepted: nothing to lose.
      if (!(error instanceof AppError)) throw error;
    }
  }

  #accept(side: AcceptedEdit['side'], field: TwoWayField, value: string | null, before: string | null): void {
    for (const edit of this.#edits)
      if (edit.field === field && edit.side !== side && same(field, edit.value, before)) edit.seen = true;
    this.#edits.push({ side, field, value, before, at: new Date(), seen: false });
  }

  async #mergeCustomers(): Promise<void> {
    const first = await insistently(() => this.#people.createAccount(`Erste ${this.#label}`));
    const second = await insistently(() => this.#people.createAccount(`Zweite ${this.#label}`));
    await this.#fixture.finishRun();
    await this.#fixture.startRun();
    await this.#fixture.finishRun();
    const survivor = await this.#people.mergeAccounts(first, second);
    for (const loser of [first, second]) if (loser !== survivor) this.#merged.push({ loser, survivor });
  }

  async #hint(): Promise<void> {
    const { deps } = this.#fixture.service;
    const connection = (await listConnections(deps.db)).find((one) => one.id === this.#connectionId);
    if (!connection) return;
    const object = packFor(deps, connection, 'registration')?.object ?? '';
    await deps.db.transaction((tx) =>
      recordHints(deps, tx, { connection, hints: [{ object, extId: this.#extId }], via: 'webhook' }),
    );
  }

  /** People are asked where the policy says so; here they side with the CRM. */
  async answerQuestions(): Promise<boolean> {
    const { deps } = this.#fixture.service;
    const open = (await this.#resolutions()).filter(({ winner }) => winner === null);
    for (const one of open)
      await resolveConflict(deps, { resolutionId: one.id, winner: 'crm', personId: this.#fixture.personId });
    return open.length > 0;
  }

  async #resolutions(): Promise<readonly LoggedResolution[]> {
    const { db } = this.#fixture.service.deps;
    const known = await registrationAsKnown(db, this.#connectionId, this.#extId);
    return known ? resolutionsOf(db, known.id) : [];
  }

  async check(): Promise<void> {
    const { db } = this.#fixture.service.deps;
    await this.#checkMerges();
    const theirs = await insistently(() => this.#people.read(this.#extId));
    const ours = await registrationAsKnown(db, this.#connectionId, this.#extId);
    if (!this.#alive) {
      if (theirs) throw new Error('a deleted registration is back in the CRM');
      if (ours && !ours.deleted) throw new Error('Fairway still holds a registration the CRM has deleted');
      return;
    }
    if (!theirs || !ours || ours.deleted) throw new Error('a living registration is not on both sides');
    this.#checkEqual(theirs, ours.values);
    await this.#checkEdits(theirs);
  }

  #checkEqual(theirs: CrmFields, ours: CrmFields): void {
    for (const field of [...(Object.keys(twoWayFields) as TwoWayField[]), 'status'] as const) {
      if (!same(field, theirs[field], ours[field]))
        throw new Error(`${field} is ${theirs[field]} in the CRM and ${ours[field]} in Fairway`);
    }
  }

  async #checkEdits(theirs: CrmFields): Promise<void> {
    const log = await this.#resolutions();
    for (const [index, edit] of this.#edits.entries()) {
      const superseded = this.#edits
        .slice(index + 1)
        .some((later) => later.side === edit.side && later.field === edit.field);
      const logged = log.some(
        (one) =>
          one.field === edit.field &&
          [one.theirs, one.ours, one.base].some((value) => same(edit.field, value, edit.value)),
      );
      if (edit.seen || superseded || logged || same(edit.field, theirs[edit.field], edit.value)) continue;
      if (await this.#cameBackUnread(edit)) continue;
      if (await this.#withdrawn(edit, theirs)) continue;
      throw new Error(
        `an edit was lost: ${JSON.stringify(edit)}; it is ${theirs[edit.field]}, and the log says ${JSON.stringify(log)}`,
      );
    }
  }

  /**
   * In the CRM the field was cleared and set again between two reads. For everybody else nothing has
   * changed, and a CRM reports nothing else: the value in between is in no read, and Fairway's timeline
   * shows only what it read.
   */
  async #cameBackUnread({ side, field, value, before, at }: AcceptedEdit): Promise<boolean> {
    if (side === 'fairway') return false;
    const said = await this.#shownInTimeline(field, at);
    const last = said.length > 0 ? said.at(-1) : first[field];
    return same(field, last, value) && !said.some((one) => same(field, one, before));
  }

  /**
   * In Fairway the field was changed, and then put back to the value that the CRM had. Together that is no
   * change, and the CRM's person, who saw that value, replaced it. The timeline shows the replacement.
   */
  async #withdrawn({ side, field, value }: AcceptedEdit, theirs: CrmFields): Promise<boolean> {
    if (side === 'crm') return false;
    const replaced = this.#edits.some(
      (one) =>
        one.side === 'crm' &&
        one.field === field &&
        same(field, one.before, value) &&
        same(field, one.value, theirs[field]),
    );
    return replaced && same(field, (await this.#shownInTimeline(field, new Date())).at(-1), theirs[field]);
  }

  /** The values of a field in the CRM that Fairway has noticed until an instant, in order. */
  async #shownInTimeline(field: TwoWayField, until: Date): Promise<readonly unknown[]> {
    const { deps } = this.#fixture.service;
    const connection = await requireConnection(deps, this.#connectionId);
    const mapping = await tryMapping(deps, connection, { kind: 'registration', runId: null });
    const remote = mapping?.twoWay.find((one) => one.local === field);
    if (!remote) return [];
    const changes = await noticedChanges(deps.db, this.#connectionId, this.#extId, until);
    return changes.flatMap((change) => {
      const [, after] = change[remote.remote] ?? [];
      return after === undefined ? [] : [remote.read(after)];
    });
  }

  async #checkMerges(): Promise<void> {
    const { db } = this.#fixture.service.deps;
    for (const { loser, survivor } of this.#merged) {
      const alive = await accountBehind(db, this.#connectionId, survivor);
      const gone = await accountBehind(db, this.#connectionId, loser);
      if (!alive || alive.deleted) throw new Error(`the survivor ${survivor} of a merge is not alive`);
      if (gone && gone.id !== alive.id && !gone.deleted)
        throw new Error(`the merged account ${loser} still lives beside its survivor ${survivor}`);
    }
  }
}

const types = { amount: 'decimal', expectedClose: 'date' } as const;

function same(field: string, a: unknown, b: unknown): boolean {
  const value = (one: unknown): string | null => (one === null || one === undefined ? null : String(one));
  return sameValue(value(a), value(b), field in types ? types[field as keyof typeof types] : 'text');
}

/** People try again when the CRM is unwell: the fault strikes any caller. */
async function insistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 8) throw error;
      await wait(60);
    }
  }
}
