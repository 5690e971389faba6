import { sameValue } from '#src/domain/sync/same-value.ts';
import type { Connection } from './connection.ts';
import type { Crm, Shown, WriteAnswer } from './crm.ts';
import { fieldNames, isShared, ownedField } from './fields.ts';
import type { CanonicalCell, Intent, LoggedConflict, Tables } from './tables.ts';
import type { Witness } from './witness.ts';

type Side = 'crm' | 'fairway';

interface Edit {
  readonly side: Side;
  readonly extId: string;
  readonly field: string;
  readonly value: CanonicalCell;
  /** Somebody who saw it has changed the field since, or the record was deleted or merged. */
  over: boolean;
  /**
   * For a field that Fairway owns: somebody's change of Fairway's value. Clearing it is as if the value had
   * not arrived yet.
   */
  readonly foreign: boolean;
  /**
   * For a field that Fairway owns: true when a read has shown it to Fairway, which has not written to the
   * record since. Otherwise Fairway may overwrite it unseen; for its fields it looks only at what it has
   * read.
   */
  shown: boolean;
}

/** Sees everything, on both sides, and says what was promised and did not come true. */
export class Oracle implements Witness {
  readonly violations: string[] = [];
  /** Event → how often. */
  readonly events = new Map<string, number>();
  landed = 0;
  /** The greatest allowed number of writes: one for each thing that happened. */
  allowance = 0;
  readonly #edits: Edit[] = [];
  readonly #crmValues = new Map<string, Set<CanonicalCell>>();
  readonly #merged = new Set<string>();
  readonly #newestPlaced = new Map<string, number>();
  readonly #newestPlan = new Map<string, string>();
  /** Records whose owned field Fairway has written. */
  readonly #owned = new Set<string>();
  readonly #accepted = new Set<string>();
  #sides: { readonly crm: Crm; readonly tables: Tables } | null = null;

  watch({ crm, tables }: Connection): void {
    this.#sides = { crm, tables };
  }

  edited(
    side: Side,
    extId: string,
    field: string,
    change: { readonly before: CanonicalCell; readonly value: CanonicalCell },
  ): void {
    const { before, value } = change;
    this.#tell(`edit in ${side}`);
    this.replaced(side, extId, field, before);
    this.#edits.push({
      side,
      extId,
      field,
      value,
      over: false,
      shown: false,
      foreign: value !== null && this.#owned.has(extId),
    });
    if (side === 'crm') this.#valuesSetIn(extId, field).add(value);
  }

  /**
   * A value gives way to another: with it every edit that had made it so, and every earlier one from the same
   * side.
   */
  replaced(side: Side | null, extId: string, field: string, before: CanonicalCell): void {
    this.allowance += 1;
    for (const edit of this.#edits) {
      if (
        edit.extId === extId &&
        edit.field === field &&
        (edit.side === side || sameValue(edit.value, before))
      )
        edit.over = true;
    }
  }

  ended(extId: string): void {
    this.#tell('end of a record');
    this.allowance += 1;
    for (const edit of this.#edits) if (edit.extId === extId) edit.over = true;
  }

  mergedAway(...extIds: readonly string[]): void {
    for (const extId of extIds) {
      this.ended(extId);
      this.#merged.add(extId);
    }
  }

  saved({ extId, fields, current, writes }: Shown): void {
    if (!current || this.#sides?.crm.records.get(extId)?.writes !== writes) return;
    for (const edit of this.#edits) {
      if (
        edit.extId === extId &&
        edit.field === ownedField &&
        edit.foreign &&
        edit.value === fields[ownedField]
      )
        edit.shown = true;
    }
  }

  /** Only forward: a value of the CRM that has been replaced there does not come back. */
  placed(extId: string, field: string, value: CanonicalCell): void {
    if (value === null) return;
    const age = this.#edits.findLastIndex(
      (edit) => edit.side === 'crm' && edit.extId === extId && edit.field === field && edit.value === value,
    );
    const key = `${extId}.${field}`;
    const newest = this.#newestPlaced.get(key) ?? -1;
    if (age > newest) this.#newestPlaced.set(key, age);
    else if (age !== -1 && age < newest)
      this.violations.push(`${key}: ${value} came back after ${this.#edits[newest]?.value}`);
  }

  planned(recordId: string, planId: string): void {
    if (planId > (this.#newestPlan.get(recordId) ?? '')) this.#newestPlan.set(recordId, planId);
  }

  sent(intent: Intent, answer: WriteAnswer): void {
    if (intent.id < (this.#newestPlan.get(intent.recordId) ?? '')) {
      this.violations.push(
        `${intent.extId}: write ${intent.id} went out after plan ${this.#newestPlan.get(intent.recordId)} was made`,
      );
    }
    if (this.#sides?.tables.views.get(intent.extId)?.deleted)
      this.violations.push(`${intent.extId}: written to, though known to be gone`);
    this.#tell(`write: ${answer.is}`);
    if (answer.is !== 'ok') return;
    this.#accepted.add(intent.id);
    this.#judgeOverwritten(intent);
    if (intent.fields[ownedField] !== undefined) this.#owned.add(intent.extId);
    this.landed += 1;
  }

  done({ id, extId }: Intent): void {
    if (!this.#accepted.has(id))
      this.violations.push(`${extId}: write ${id} is called done, and was never accepted`);
  }

  /** After all has come to rest. */
  judge(connection: Connection): void {
    const { crm, tables } = connection;
    for (const extId of crm.records.keys()) this.#judgeRecord(extId, crm, tables);
    const alive = [...tables.records.values()].filter(({ deleted }) => !deleted).length;
    const there = [...crm.records.keys()].filter((extId) => crm.isThere(extId)).length;
    if (alive !== there) this.violations.push(`${there} records in the CRM are ${alive} in Fairway`);
    for (const edit of this.#edits) this.#judgeEdit(edit, crm);
    for (const one of tables.log) {
      this.#tell(`conflict about ${one.field}, for ${one.winner}`);
      this.#judgeConflict(one);
    }
    if (this.landed > this.allowance)
      this.violations.push(`${this.landed} writes for ${this.allowance} changes`);
  }

  #judgeRecord(extId: string, crm: Crm, tables: Tables): void {
    const link = tables.links.get(extId);
    const ours = link && tables.records.get(link.recordId);
    if (!crm.isThere(extId)) {
      if (link?.mergedInto === null && ours?.deleted === false)
        this.violations.push(`${extId}: deleted in the CRM, alive in Fairway`);
      return;
    }
    if (!ours || ours.deleted) {
      this.violations.push(`${extId}: there in the CRM, ${ours ? 'deleted' : 'unknown'} in Fairway`);
      return;
    }
    const theirs = crm.valuesOf(extId);
    for (const field of fieldNames) {
      const [there, here] = [theirs[field] ?? null, ours.values[field] ?? null];
      if (!sameValue(there, here))
        this.violations.push(`${extId}.${field}: ${there} in the CRM, ${here} in Fairway`);
    }
  }

  /** An overwritten change of a field that Fairway owns must have been reported if Fairway was shown it. */
  #judgeOverwritten({ extId, fields }: Intent): void {
    for (const edit of this.#edits) {
      if (edit.extId !== extId || !edit.shown) continue;
      edit.shown = false;
      if (
        !edit.over &&
        fields[ownedField] !== undefined &&
        fields[ownedField] !== edit.value &&
        !this.#isNamed(edit)
      ) {
        this.violations.push(
          `${extId}.${ownedField}: ${edit.value}, set in the CRM, is overwritten without a word`,
        );
      }
    }
  }

  #isNamed({ side, extId, field, value }: Edit): boolean {
    const log = this.#sides?.tables.log ?? [];
    return log.some(
      (one) =>
        one.extId === extId &&
        one.field === field &&
        sameValue(side === 'crm' ? one.theirs : one.ours, value),
    );
  }

  #judgeEdit(edit: Edit, crm: Crm): void {
    const { side, extId, field, value, over } = edit;
    if (over || !isShared(field)) return;
    // Both sides are equal, or that was said already.
    if (sameValue(crm.valuesOf(extId)[field] ?? null, value)) return;
    // The value was there before: the person who set it agreed with the other side, or reverted a change.
    if (
      this.#edits.some(
        (one) => one.extId === extId && one.field === field && one !== edit && sameValue(one.value, value),
      )
    )
      return;
    if (!this.#isNamed(edit))
      this.violations.push(
        `${extId}.${field}: ${value}, set in ${side === 'crm' ? 'the CRM' : 'Fairway'}, is lost without a word`,
      );
  }

  /** Fairway must not treat its own write as somebody's edit. */
  #judgeConflict({ extId, field, theirs }: LoggedConflict): void {
    if (theirs === null || this.#merged.has(extId) || this.#valuesSetIn(extId, field).has(theirs)) return;
    this.violations.push(`${extId}.${field}: a conflict with ${theirs}, which nobody set in the CRM`);
  }

  #tell(event: string): void {
    this.events.set(event, (this.events.get(event) ?? 0) + 1);
  }

  #valuesSetIn(extId: string, field: string): Set<CanonicalCell> {
    const key = `${extId}.${field}`;
    const known = this.#crmValues.get(key) ?? new Set();
    this.#crmValues.set(key, known);
    return known;
  }
}
