import { finishReading, startReading, type ReadPosition } from '#src/domain/sync/cursor.ts';
import { isSettledBy, outdatedFields } from '#src/domain/sync/intent.ts';
import { replacesStored } from '#src/domain/sync/replaces-stored.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { withAttempt, withRefusal, withWrite } from '#src/domain/sync/shadow.ts';
import { needsRefetch, knownRemoteFields } from '#src/domain/sync/remote-state.ts';
import type { Crm, Shown, WriteAnswer } from './crm.ts';
import { isShared } from './fields.ts';
import { OurRecords } from './our-records.ts';
import { Tables, type CanonicalCell, type Intent } from './tables.ts';
import type { Witness } from './witness.ts';

/** The fault of the next call that writes. `rows` are bits: the rows it concerns. */
export interface Fault {
  readonly is: 'rows refused' | 'time-out' | 'limit';
  readonly rows: number;
}

/** By a rule of the customer's: nothing was written. */
interface Refusal {
  readonly is: 'refused';
}

export type Process = Generator<void, void, void>;

const pageSize = 2;
const chunkSize = 2;

/**
 * Fairway's side of one connection. Each process is a generator that yields where the real one awaits:
 * between two yields is one transaction, or one call. A crash drops the generators and keeps the tables.
 * The rules are the product's own; only the order in which they are applied is defined here.
 */
export class Connection {
  readonly tables = new Tables();
  readonly ours: OurRecords;
  readonly crm: Crm;
  fault: Fault | null = null;
  readonly #clock: { readonly now: number };
  readonly #witness: Witness;

  constructor(crm: Crm, clock: { readonly now: number }, witness: Witness) {
    this.crm = crm;
    this.#clock = clock;
    this.#witness = witness;
    this.ours = new OurRecords(this.tables, clock, witness);
  }

  *poll(): Process {
    const { tables, crm } = this;
    let position: ReadPosition = startReading(tables.cursor);
    const since = position.from === null ? null : Date.parse(position.from);
    for (;;) {
      const pulledAt = new Date(this.#clock.now);
      const serverTime = new Date(crm.time()).toISOString();
      const rows = crm.pull(since, readResume(position.resume), pageSize);
      yield;
      const last = rows.at(-1);
      position = {
        ...position,
        startedAt: position.startedAt ?? serverTime,
        resume: last ? JSON.stringify([last.stamp, last.extId]) : position.resume,
      };
      this.#save(rows, pulledAt);
      tables.cursor = { since: position.since, startedAt: position.startedAt, resume: position.resume };
      yield;
      if (rows.length < pageSize) break;
    }
    tables.cursor = finishReading(position);
    yield* this.map();
  }

  *refresh(): Process {
    const { tables, crm } = this;
    const hints = [...tables.hints];
    if (hints.length === 0) return;
    const pulledAt = new Date(this.#clock.now);
    const rows = crm.fetch(hints.map(([extId]) => extId));
    yield;
    this.#save(rows, pulledAt, (extId) => hints.some(([hinted, { doubt }]) => hinted === extId && doubt));
    yield;
    yield* this.map();
    for (const [extId, { token }] of hints)
      if (tables.hints.get(extId)?.token === token) tables.hints.delete(extId);
  }

  *map(): Process {
    for (const [extId, view] of this.tables.views) {
      if (view.mapped) continue;
      this.ours.map(extId);
      yield;
    }
  }

  /**
   * One transaction a record, under the object's lock: of two plans the one that knows less cannot be the one
   * that stays.
   */
  *plan(): Process {
    const { tables } = this;
    for (const [recordId, token] of [...tables.touched]) {
      this.ours.plan(recordId);
      if (tables.touched.get(recordId) === token) tables.touched.delete(recordId);
      yield;
    }
  }

  *push(): Process {
    const { tables } = this;
    let after = '';
    for (;;) {
      const chunk = [...tables.intents.values()]
        .filter(({ id }) => id > after)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, chunkSize);
      const last = chunk.at(-1);
      if (!last) return;
      after = last.id;
      // The vendors offer no compare-and-set. Some milliseconds pass between the look at the record and the
      // write, in which somebody's edit would be overwritten unseen; here the two are one step.
      this.#lookAgain(chunk);
      const right = chunk.filter((intent) => this.#stillRight(intent));
      for (const intent of right)
        tables.shadows.set(intent.extId, withAttempt(tables.shadowOf(intent.extId), intent));
      const sentAt = this.#clock.now;
      const answers = this.#send(right);
      yield;
      if (answers === null) return;
      for (const [intent, answer] of answers) this.#keepAnswer(intent, answer, sentAt);
      yield;
    }
  }

  #save(rows: readonly Shown[], pulledAt: Date, isDoubted: (extId: string) => boolean = () => false): void {
    const { views } = this.tables;
    for (const shown of rows) {
      const { extId, fields, deleted, mergedInto, stamp } = shown;
      const hash = JSON.stringify([deleted, mergedInto, fields]);
      const next = {
        fields,
        deleted,
        mergedInto,
        hash,
        pulledAt,
        modifiedAt: new Date(stamp),
        mapped: false,
      };
      const stored = views.get(extId);
      if (!stored || replacesStored(next, stored, isDoubted(extId) ? 'asked' : 'stamp'))
        views.set(extId, next);
      this.#witness.saved(shown);
    }
  }

  /** Fields that people may have changed at the vendor as well are read there first. */
  #lookAgain(chunk: readonly Intent[]): void {
    const shared = chunk.filter(({ fields }) => Object.keys(fields).some(isShared)).map(({ extId }) => extId);
    if (shared.length === 0) return;
    const rows = this.crm.fetch(shared);
    const { views } = this.tables;
    const isDoubted = (extId: string): boolean => {
      const view = views.get(extId);
      return view !== undefined && needsRefetch(view, this.tables.shadowOf(extId));
    };
    this.#save(rows, new Date(this.#clock.now), isDoubted);
    for (const { extId } of rows) if (views.get(extId)?.mapped === false) this.ours.map(extId);
  }

  /** True when a write still fits the record and the desired values. Otherwise it is planned again. */
  #stillRight(intent: Intent): boolean {
    const { tables } = this;
    const view = tables.views.get(intent.extId);
    if (tables.intents.get(intent.recordId) !== intent) return false;
    if (!view || view.deleted) {
      tables.intents.delete(intent.recordId);
      return false;
    }
    const remoteFields = knownRemoteFields({ view, shadow: tables.shadowOf(intent.extId) });
    const wanted = tables.records.get(intent.recordId)?.values ?? {};
    const same = (a: CanonicalCell = null, b: CanonicalCell = null): boolean => sameValue(a, b);
    if (
      outdatedFields(intent.base, remoteFields, same).length +
        outdatedFields(intent.fields, wanted, same).length ===
      0
    )
      return true;
    this.ours.plan(intent.recordId);
    return false;
  }

  /** Null when its outcome is unknown. */
  #send(chunk: readonly Intent[]): [Intent, WriteAnswer | Refusal][] | null {
    const { fault } = this;
    this.fault = null;
    const hit = (index: number): boolean => fault !== null && ((fault.rows >> index) & 1) === 1;
    if (chunk.length === 0) return [];
    if (fault?.is === 'limit') return null;
    if (fault?.is === 'time-out') {
      chunk.forEach((intent, index) => hit(index) && this.#write(intent));
      return null;
    }
    return chunk.map((intent, index) => [intent, hit(index) ? { is: 'refused' } : this.#write(intent)]);
  }

  #write(intent: Intent): WriteAnswer {
    const answer = this.crm.write(intent.extId, intent.fields);
    this.#witness.sent(intent, answer);
    return answer;
  }

  #keepAnswer(intent: Intent, answer: WriteAnswer | Refusal, sentAt: number): void {
    const { tables } = this;
    if (answer.is === 'locked') return;
    if (answer.is === 'refused') {
      // A dead letter: it stays, and is tried again.
      tables.shadows.set(intent.extId, withRefusal(tables.shadowOf(intent.extId), intent.fields));
      return;
    }
    const view = tables.views.get(intent.extId);
    const open = tables.intents.get(intent.recordId);
    if (open && isSettledBy(open, intent)) {
      tables.intents.delete(intent.recordId);
      if (answer.is === 'ok') this.#witness.done(open);
    }
    if (answer.is === 'ok') {
      const written = {
        fields: intent.fields,
        answeredAt: new Date(this.#clock.now),
        modifiedAt: new Date(answer.stamp),
      };
      const shadow = withWrite(tables.shadowOf(intent.extId), written);
      tables.shadows.set(intent.extId, shadow);
      if (view && needsRefetch(view, shadow)) tables.hint(intent.extId, { doubt: true });
      return;
    }
    // Somebody may have brought it back meanwhile, and a read have shown that.
    if (view && !view.deleted && view.pulledAt.getTime() < sentAt)
      tables.views.set(intent.extId, { ...view, deleted: true, hash: 'gone', mapped: false });
  }
}

function readResume(resume: string | null): readonly [number, string] | null {
  return resume === null ? null : (JSON.parse(resume) as [number, string]);
}
