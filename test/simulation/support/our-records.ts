import { existenceOf, mergeSuccession } from '#src/domain/sync/existence.ts';
import { supersede } from '#src/domain/sync/intent.ts';
import { mergeRecord, type WrittenField } from '#src/domain/sync/merge-record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { withBases, withEdit } from '#src/domain/sync/shadow.ts';
import { needsRefetch, includesLastWrite, knownRemoteFields } from '#src/domain/sync/remote-state.ts';
import { isShared, sharedFields, syncedFields, type Values } from './fields.ts';
import type { CanonicalCell, Intent, LoggedConflict, Tables } from './tables.ts';
import type { Witness } from './witness.ts';

const shared = syncedFields.filter(({ direction }) => direction === 'both');
const owned = syncedFields.filter(({ direction }) => direction === 'out');

/**
 * Fairway's work on its records: it places what was read, accepts what people enter, and plans the writes.
 * Each is one transaction.
 */
export class OurRecords {
  readonly #tables: Tables;
  readonly #clock: { readonly now: number };
  readonly #witness: Witness;

  constructor(tables: Tables, clock: { readonly now: number }, witness: Witness) {
    this.#tables = tables;
    this.#clock = clock;
    this.#witness = witness;
  }

  /** Somebody edits a field of a record in Fairway. False when there is nothing to edit. */
  edit(recordId: string, field: string, value: CanonicalCell): boolean {
    const tables = this.#tables;
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

  /** A value that Fairway has computed for a record changes. */
  derive(recordId: string, field: string, value: CanonicalCell): boolean {
    const record = this.#tables.records.get(recordId);
    if (!record || record.deleted) return false;
    record.values = { ...record.values, [field]: value };
    this.#tables.touch(recordId);
    return true;
  }

  /** A person settles an open conflict. */
  answer(index: number, winner: 'crm' | 'fairway'): boolean {
    const tables = this.#tables;
    const open = tables.log.filter((one) => one.open);
    const asked = open[index % open.length];
    const recordId = asked && tables.links.get(asked.extId)?.recordId;
    const record = recordId === undefined ? undefined : tables.records.get(recordId);
    if (!asked || !record || recordId === undefined) return false;
    const shadow = tables.shadowOf(asked.extId);
    // The value that the person saw. If it has changed since, the next look merges it like any other
    // change.
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

  /** Lets what was read take effect. */
  map(extId: string): void {
    const tables = this.#tables;
    const view = tables.views.get(extId);
    if (!view) return;
    view.mapped = true;
    const link = tables.links.get(extId);
    switch (existenceOf(view)) {
      case 'gone':
        if (link) this.#forget(extId, link.recordId);
        return;
      case 'merged':
        if (link && link.mergedInto === null && view.mergedInto !== null)
          this.#followMerge(extId, link.recordId, view.mergedInto);
        return;
      case 'exists':
        this.#place(extId, link?.recordId ?? this.#adopt(extId));
    }
  }

  #adopt(extId: string): string {
    const recordId = `ours-${this.#tables.nextId()}`;
    this.#tables.links.set(extId, { recordId, mergedInto: null });
    return recordId;
  }

  #place(extId: string, recordId: string): void {
    const tables = this.#tables;
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
    const tables = this.#tables;
    const record = tables.records.get(recordId);
    if (record) record.deleted = true;
    tables.intents.delete(recordId);
    tables.log = tables.log.filter((one) => !(one.open && one.extId === extId));
  }

  #followMerge(loser: string, losing: string, into: string): void {
    const tables = this.#tables;
    const survivor = tables.links.get(into);
    const { survivingId, endedId } = mergeSuccession(losing, survivor?.recordId ?? null);
    this.#forget(loser, endedId ?? losing);
    tables.links.set(loser, { recordId: survivingId, mergedInto: into });
    for (const link of tables.links.values()) if (link.recordId === endedId) link.recordId = survivingId;
    if (survivor) return;
    tables.links.set(into, { recordId: survivingId, mergedInto: null });
    const record = tables.records.get(survivingId);
    if (record) record.deleted = false;
    const arrived = tables.views.get(into);
    if (arrived) arrived.mapped = false;
  }

  /**
   * Merges the values in the CRM with ours. A view that does not show our last write says nothing about
   * fields we wrote or edited.
   */
  #merge(extId: string, recordId: string): void {
    const tables = this.#tables;
    const view = tables.views.get(extId);
    if (!view) return;
    const shadow = tables.shadowOf(extId);
    if (needsRefetch(view, shadow)) tables.hint(extId, { doubt: true });
    const trusted = includesLastWrite(view, shadow);
    const fields = shared.filter(({ field }) => trusted || shadow.fields[field] === undefined);
    const { conflicts } = this.#mergeFields(fields, extId, recordId);
    // A question that is asked again replaces the one before; one whose sides agree by now is none.
    const isMoot = (one: LoggedConflict): boolean =>
      one.open && one.extId === extId && fields.some(({ field }) => field === one.field);
    tables.log = [...tables.log.filter((one) => !isMoot(one)), ...conflicts];
  }

  #mergeFields(fields: readonly WrittenField[], extId: string, recordId: string) {
    const tables = this.#tables;
    const record = tables.records.get(recordId);
    const view = tables.views.get(extId);
    if (!record || !view) throw new Error(`${extId} cannot be merged`);
    const shadow = tables.shadowOf(extId);
    const remoteFields = knownRemoteFields({ view, shadow });
    const { edits, sent = {}, fields: bases } = shadow;
    const merge = mergeRecord(fields, {
      theirs: remoteFields,
      ours: record.values,
      bases,
      edits,
      sent,
      theirsAt: view.modifiedAt,
    });
    for (const [field, value] of Object.entries(merge.values))
      if (value !== record.values[field]) this.#witness.placed(extId, field, value);
    record.values = { ...record.values, ...merge.values };
    const rebased = Object.fromEntries(merge.rebased.map((field) => [field, remoteFields[field] ?? null]));
    tables.shadows.set(extId, { ...withBases(shadow, rebased), edits: merge.edits });
    return {
      conflicts: merge.conflicts.map((conflict) => ({ ...conflict, extId, open: conflict.winner === 'ask' })),
      writes: merge.writes,
    };
  }

  /** Newest wins: one open intent a record. */
  plan(recordId: string): void {
    const { intents } = this.#tables;
    const id = this.#tables.nextId();
    const next = this.#intentFor(id, recordId);
    const open = intents.get(recordId) ?? null;
    this.#witness.planned(recordId, id);
    if (next) intents.set(recordId, supersede(open, next));
    else intents.delete(recordId);
  }

  #intentFor(id: string, recordId: string): Intent | null {
    const tables = this.#tables;
    const extId = tables.remoteOf(recordId);
    const record = tables.records.get(recordId);
    const view = extId === null ? undefined : tables.views.get(extId);
    if (extId === null || !record || record.deleted || !view || view.deleted) return null;
    const before = tables.shadowOf(extId);
    const remoteFields = knownRemoteFields({ view, shadow: before });
    const differs = ({ field }: WrittenField): boolean =>
      !sameValue(remoteFields[field] ?? null, record.values[field] ?? null);
    if (includesLastWrite(view, before))
      tables.log.push(...this.#mergeFields(owned.filter(differs), extId, recordId).conflicts);
    const { edits, fields: bases } = tables.shadowOf(extId);
    const asked = new Set(
      tables.log.filter((one) => one.open && one.extId === extId).map(({ field }) => field),
    );
    const edited = shared.filter(({ field }) => edits[field] !== undefined && !asked.has(field));
    const writes = [...edited, ...owned].filter(differs).map(({ field }) => field);
    if (writes.length === 0) return null;
    const pick = (values: Values): Values =>
      Object.fromEntries(writes.map((field) => [field, values[field] ?? null]));
    // For a field that both sides may change, the base is the value that was merged last: a value that was
    // read and not yet merged does not count as known.
    return {
      id,
      recordId,
      extId,
      fields: pick(record.values),
      base: pick({ ...remoteFields, ...onlyShared(bases) }),
    };
  }
}

function onlyShared(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([field]) => isShared(field)));
}
