import { finishReading, startReading, type ReadPosition } from '#src/domain/sync/cursor.ts';
import { arrivalOf, succession } from '#src/domain/sync/gone.ts';
import { isSettledBy, movedFields, supersede } from '#src/domain/sync/intent.ts';
import { mergeRecord, type WrittenField } from '#src/domain/sync/merge-record.ts';
import { replaces } from '#src/domain/sync/replaces.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { withAttempt, withBases, withEdit, withWrite } from '#src/domain/sync/shadow.ts';
import { isDoubtful, isTrusted, standingFields } from '#src/domain/sync/standing.ts';
import type { Crm, Shown, WriteAnswer } from './crm.ts';
import { isShared, sharedFields, syncedFields, type Values } from './fields.ts';
import { Tables, type CanonicalCell, type Intent, type LoggedConflict } from './tables.ts';

/** What goes wrong with the next call that writes. `rows` are bits: which rows it concerns. */
export interface Fault {
  readonly is: 'rows refused' | 'time-out' | 'limit';
  readonly rows: number;
}

/** Told what happens, for the oracle. Fairway itself learns nothing from it. */
export interface Witness {
  saved(shown: Shown, knowsOwned: boolean): void;
  sent(intent: Intent, answer: WriteAnswer): void;
  /** A value that came from the CRM is ours now. */
  placed(extId: string, field: string, value: CanonicalCell): void;
  planned(recordId: string, planId: string): void;
  done(intent: Intent): void;
}

export type Process = Generator<void, void, void>;

const shared = syncedFields.filter(({ direction }) => direction === 'both');
const owned = syncedFields.filter(({ direction }) => direction === 'out');
const pageSize = 2;
const chunkSize = 2;

/**
 * Fairway's side of one connection. Each process is a generator that yields wherever the real one awaits: between two yields is one
 * transaction, or one call. A crash drops the generators and keeps the tables. The rules are the product's own; here is only the order
 * in which they are applied.
 */
export class Connection {
  readonly tables = new Tables();
  readonly crm: Crm;
  fault: Fault | null = null;
  readonly #clock: { readonly now: number };
  readonly #witness: Witness;

  constructor(crm: Crm, clock: { readonly now: number }, witness: Witness) {
    this.crm = crm;
    this.#clock = clock;
    this.#witness = witness;
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

  *freshen(): Process {
    const { tables, crm } = this;
    const hints = [...tables.hints];
    if (hints.length === 0) return;
    const pulledAt = new Date(this.#clock.now);
    const rows = crm.fetch(hints.map(([extId]) => extId));
    yield;
    this.#save(rows, pulledAt, (extId) => hints.some(([hinted, { doubt }]) => hinted === extId && doubt));
    yield;
    yield* this.map();
    for (const [extId, { token }] of hints) if (tables.hints.get(extId)?.token === token) tables.hints.delete(extId);
  }

  *map(): Process {
    for (const [extId, view] of this.tables.views) {
      if (view.mapped) continue;
      this.#mapOne(extId);
      yield;
    }
  }

  /** One transaction a record, under the object's lock: of two plans the one that knows less cannot be the one that stays. */
  *plan(): Process {
    const { tables } = this;
    for (const [recordId, token] of [...tables.touched]) {
      this.#planOne(recordId);
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
      // The vendors offer no compare-and-set. Between the look at what stands and the write lie some milliseconds, in which
      // somebody's edit would be overwritten unseen; here the two are one step.
      this.#lookAgain(chunk);
      const right = chunk.filter((intent) => this.#stillRight(intent));
      for (const { extId, fields } of right) tables.shadows.set(extId, withAttempt(tables.shadowOf(extId), fields));
      const sentAt = this.#clock.now;
      const answers = this.#send(right);
      yield;
      if (answers === null) return;
      for (const [intent, answer] of answers) this.#keepAnswer(intent, answer, sentAt);
      yield;
    }
  }

  /** Somebody edits a field of a record in Fairway. False when there is nothing to edit. */
  edit(recordId: string, field: string, value: CanonicalCell): boolean {
    const { tables } = this;
    const record = tables.records.get(recordId);
    const extId = tables.remoteOf(recordId);
    if (!record || record.deleted || extId === null) return false;
    const before = record.values[field] ?? null;
    const edit = { before, at: new Date(this.#clock.now) };
    tables.shadows.set(extId, withEdit(tables.shadowOf(extId), { ours: field, theirs: field }, edit));
    record.values = { ...record.values, [field]: value };
    tables.touch(recordId);
    return true;
  }

  /** What Fairway has worked out for a record changes. */
  derive(recordId: string, field: string, value: CanonicalCell): boolean {
    const record = this.tables.records.get(recordId);
    if (!record || record.deleted) return false;
    record.values = { ...record.values, [field]: value };
    this.tables.touch(recordId);
    return true;
  }

  /** A person settles an open conflict. */
  answer(index: number, winner: 'crm' | 'fairway'): boolean {
    const { tables } = this;
    const open = tables.log.filter((one) => one.open);
    const asked = open[index % open.length];
    const recordId = asked && tables.links.get(asked.extId)?.recordId;
    const record = recordId === undefined ? undefined : tables.records.get(recordId);
    if (!asked || !record || recordId === undefined) return false;
    const shadow = tables.shadowOf(asked.extId);
    // What the person saw. Should it be something else by now, the next look merges it like any other change.
    const { theirs } = asked;
    const { [asked.field]: answered, ...edits } = shadow.edits;
    tables.shadows.set(asked.extId, {
      ...withBases(shadow, { [asked.field]: theirs }),
      edits: winner === 'crm' || answered === undefined ? edits : shadow.edits,
    });
    const ours = record.values[asked.field] ?? null;
    if (winner === 'crm') record.values = { ...record.values, [asked.field]: theirs };
    tables.log = tables.log.map((one) => (one === asked ? { ...one, ours, winner, open: false } : one));
    tables.touch(recordId);
    return true;
  }

  #save(rows: readonly Shown[], pulledAt: Date, isDoubted: (extId: string) => boolean = () => false): void {
    const { views } = this.tables;
    for (const shown of rows) {
      const { extId, fields, deleted, mergedInto, stamp } = shown;
      const hash = JSON.stringify([deleted, mergedInto, fields]);
      const next = { fields, deleted, mergedInto, hash, pulledAt, modifiedAt: new Date(stamp), mapped: false };
      const stored = views.get(extId);
      if (!stored || replaces(next, stored, isDoubted(extId) ? 'asked' : 'stamp')) views.set(extId, next);
      this.#witness.saved(shown, this.tables.shadowOf(extId).fields['tier'] !== undefined);
    }
  }

  #mapOne(extId: string): void {
    const { tables } = this;
    const view = tables.views.get(extId);
    if (!view) return;
    view.mapped = true;
    const link = tables.links.get(extId);
    switch (arrivalOf(view)) {
      case 'gone':
        if (link) this.#forget(extId, link.recordId);
        return;
      case 'merged':
        if (link && link.mergedInto === null && view.mergedInto !== null) this.#followMerge(extId, link.recordId, view.mergedInto);
        return;
      case 'there':
        this.#place(extId, link?.recordId ?? this.#adopt(extId));
    }
  }

  #adopt(extId: string): string {
    const recordId = `ours-${this.tables.nextId()}`;
    this.tables.links.set(extId, { recordId, mergedInto: null });
    return recordId;
  }

  #place(extId: string, recordId: string): void {
    const { tables } = this;
    const record = tables.records.get(recordId);
    const fields = tables.views.get(extId)?.fields ?? {};
    if (!record) {
      const values = Object.fromEntries(sharedFields.map((field) => [field, fields[field] ?? null]));
      tables.records.set(recordId, { values, deleted: false });
    } else record.deleted = false;
    this.#merge(extId, recordId);
    tables.touch(recordId);
  }

  #forget(extId: string, recordId: string): void {
    const { tables } = this;
    const record = tables.records.get(recordId);
    if (record) record.deleted = true;
    tables.intents.delete(recordId);
    tables.log = tables.log.filter((one) => !(one.open && one.extId === extId));
  }

  #followMerge(loser: string, losing: string, into: string): void {
    const { tables } = this;
    const survivor = tables.links.get(into);
    const { lives, ends } = succession(losing, survivor?.recordId ?? null);
    this.#forget(loser, ends ?? losing);
    tables.links.set(loser, { recordId: lives, mergedInto: into });
    for (const link of tables.links.values()) if (link.recordId === ends) link.recordId = lives;
    if (survivor) return;
    tables.links.set(into, { recordId: lives, mergedInto: null });
    const record = tables.records.get(lives);
    if (record) record.deleted = false;
    const arrived = tables.views.get(into);
    if (arrived) arrived.mapped = false;
  }

  /** Merges what stands with what is ours. A view that does not show our last write teaches nothing about fields we wrote or edited. */
  #merge(extId: string, recordId: string): void {
    const { tables } = this;
    const view = tables.views.get(extId);
    if (!view) return;
    const shadow = tables.shadowOf(extId);
    if (isDoubtful(view, shadow)) tables.hint(extId, { doubt: true });
    const trusted = isTrusted(view, shadow);
    const fields = shared.filter(({ field }) => trusted || shadow.fields[field] === undefined);
    const { conflicts } = this.#mergeFields(fields, extId, recordId);
    // A question that is asked again replaces the one before; one whose sides agree by now is none.
    const isMoot = (one: LoggedConflict): boolean => one.open && one.extId === extId && fields.some(({ field }) => field === one.field);
    tables.log = [...tables.log.filter((one) => !isMoot(one)), ...conflicts];
  }

  #mergeFields(fields: readonly WrittenField[], extId: string, recordId: string) {
    const { tables } = this;
    const record = tables.records.get(recordId);
    const view = tables.views.get(extId);
    if (!record || !view) throw new Error(`${extId} cannot be merged`);
    const shadow = tables.shadowOf(extId);
    const standing = standingFields({ view, shadow });
    const { edits, sent = {}, fields: bases } = shadow;
    const merge = mergeRecord(fields, { theirs: standing, ours: record.values, bases, edits, sent, theirsAt: view.modifiedAt });
    for (const [field, value] of Object.entries(merge.values))
      if (value !== record.values[field]) this.#witness.placed(extId, field, value);
    record.values = { ...record.values, ...merge.values };
    const rebased = Object.fromEntries(merge.rebased.map((field) => [field, standing[field] ?? null]));
    tables.shadows.set(extId, { ...withBases(shadow, rebased), edits: merge.edits });
    return {
      conflicts: merge.conflicts.map((conflict) => ({ ...conflict, extId, open: conflict.winner === 'ask' })),
      writes: merge.writes,
    };
  }

  #planOne(recordId: string): void {
    const { intents } = this.tables;
    const id = this.tables.nextId();
    const next = this.#intentFor(id, recordId);
    const open = intents.get(recordId) ?? null;
    this.#witness.planned(recordId, id);
    if (next) intents.set(recordId, supersede(open, next));
    else intents.delete(recordId);
  }

  #intentFor(id: string, recordId: string): Intent | null {
    const { tables } = this;
    const extId = tables.remoteOf(recordId);
    const record = tables.records.get(recordId);
    const view = extId === null ? undefined : tables.views.get(extId);
    if (extId === null || !record || record.deleted || !view || view.deleted) return null;
    const before = tables.shadowOf(extId);
    const standing = standingFields({ view, shadow: before });
    const differs = ({ field }: WrittenField): boolean => !sameValue(standing[field] ?? null, record.values[field] ?? null);
    if (isTrusted(view, before)) tables.log.push(...this.#mergeFields(owned.filter(differs), extId, recordId).conflicts);
    const { edits, fields: bases } = tables.shadowOf(extId);
    const asked = new Set(tables.log.filter((one) => one.open && one.extId === extId).map(({ field }) => field));
    const edited = shared.filter(({ field }) => edits[field] !== undefined && !asked.has(field));
    const writes = [...edited, ...owned].filter(differs).map(({ field }) => field);
    if (writes.length === 0) return null;
    const pick = (values: Values): Values => Object.fromEntries(writes.map((field) => [field, values[field] ?? null]));
    // Of what both sides may change the base is what was merged last: what is read and not yet merged must not be taken for known.
    return { id, recordId, extId, fields: pick(record.values), base: pick({ ...standing, ...onlyShared(bases) }) };
  }

  /** What people may have changed also at the vendor's is looked at there. */
  #lookAgain(chunk: readonly Intent[]): void {
    const shared = chunk.filter(({ fields }) => Object.keys(fields).some(isShared)).map(({ extId }) => extId);
    if (shared.length === 0) return;
    const rows = this.crm.fetch(shared);
    const { views } = this.tables;
    const isDoubted = (extId: string): boolean => {
      const view = views.get(extId);
      return view !== undefined && isDoubtful(view, this.tables.shadowOf(extId));
    };
    this.#save(rows, new Date(this.#clock.now), isDoubted);
    for (const { extId } of rows) if (views.get(extId)?.mapped === false) this.#mapOne(extId);
  }

  /** Whether a write still fits what stands and what is wanted; if not, it is planned anew. */
  #stillRight(intent: Intent): boolean {
    const { tables } = this;
    const view = tables.views.get(intent.extId);
    if (tables.intents.get(intent.recordId) !== intent) return false;
    if (!view || view.deleted) {
      tables.intents.delete(intent.recordId);
      return false;
    }
    const standing = standingFields({ view, shadow: tables.shadowOf(intent.extId) });
    const wanted = tables.records.get(intent.recordId)?.values ?? {};
    const same = (a: CanonicalCell = null, b: CanonicalCell = null): boolean => sameValue(a, b);
    if (movedFields(intent.base, standing, same).length + movedFields(intent.fields, wanted, same).length === 0) return true;
    this.#planOne(intent.recordId);
    return false;
  }

  /** Null when nobody knows what became of it. */
  #send(chunk: readonly Intent[]): [Intent, WriteAnswer][] | null {
    const { fault } = this;
    this.fault = null;
    const hit = (index: number): boolean => fault !== null && ((fault.rows >> index) & 1) === 1;
    if (chunk.length === 0) return [];
    if (fault?.is === 'limit') return null;
    if (fault?.is === 'time-out') {
      chunk.forEach((intent, index) => hit(index) && this.#write(intent));
      return null;
    }
    return chunk.flatMap((intent, index) => (hit(index) ? [] : [[intent, this.#write(intent)]]));
  }

  #write(intent: Intent): WriteAnswer {
    const answer = this.crm.write(intent.extId, intent.fields);
    this.#witness.sent(intent, answer);
    return answer;
  }

  #keepAnswer(intent: Intent, answer: WriteAnswer, sentAt: number): void {
    const { tables } = this;
    if (answer.is === 'locked') return;
    const view = tables.views.get(intent.extId);
    const open = tables.intents.get(intent.recordId);
    if (open && isSettledBy(open, intent)) {
      tables.intents.delete(intent.recordId);
      if (answer.is === 'ok') this.#witness.done(open);
    }
    if (answer.is === 'ok') {
      const written = { fields: intent.fields, answeredAt: new Date(this.#clock.now), modifiedAt: new Date(answer.stamp) };
      const shadow = withWrite(tables.shadowOf(intent.extId), written);
      tables.shadows.set(intent.extId, shadow);
      if (view && isDoubtful(view, shadow)) tables.hint(intent.extId, { doubt: true });
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

function onlyShared(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([field]) => isShared(field)));
}
