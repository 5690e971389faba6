import { fieldNames, type Values } from './fields.ts';

/** The differences between vendors that a sync can notice. */
export interface Traits {
  readonly name: string;
  /** The difference between its clock and ours. */
  readonly skewMs: number;
  /** The unit that its stamps are rounded down to. */
  readonly stampMs: number;
  /**
   * True when a pull reads an index that lags behind. A vendor whose stamps are equal for two writes of one
   * second must not have such an index, and does not.
   */
  readonly indexLags: boolean;
  /**
   * A merge makes a third record, and both that were merged lead to it; otherwise one of the two survives.
   */
  readonly mergeMakesNewId: boolean;
  /** A tombstone comes with its fields emptied. */
  readonly emptiesDeleted: boolean;
  /** True when writing the same value leaves the stamp unchanged. */
  readonly ignoresIdleWrites: boolean;
}

export const vendors: readonly Traits[] = [
  {
    name: 'Northforce',
    skewMs: 180_000,
    stampMs: 1_000,
    indexLags: false,
    mergeMakesNewId: false,
    emptiesDeleted: true,
    ignoresIdleWrites: false,
  },
  {
    name: 'Spothub',
    skewMs: -120_000,
    stampMs: 1,
    indexLags: true,
    mergeMakesNewId: true,
    emptiesDeleted: false,
    ignoresIdleWrites: true,
  },
];

interface Version {
  readonly fields: Values;
  readonly stamp: number;
  /** Our clock when its transaction commits; the stamp is from before. */
  readonly visibleAt: number;
  /** Our clock when the index that pulls read has it. */
  readonly indexedAt: number;
  readonly deleted: boolean;
  readonly mergedInto: string | null;
}

interface CrmRecord {
  readonly id: string;
  readonly versions: Version[];
  /** The number of times Fairway wrote it. */
  writes: number;
}

export interface Shown {
  readonly extId: string;
  readonly fields: Values;
  readonly stamp: number;
  readonly deleted: boolean;
  readonly mergedInto: string | null;
  /**
   * For the oracle; Fairway does not see it: true when this value was really in the record, and after
   * how many of our writes.
   */
  readonly current: boolean;
  readonly writes: number;
}

export type WriteAnswer =
  | { readonly is: 'ok'; readonly stamp: number }
  | { readonly is: 'gone' }
  | { readonly is: 'locked' };

const blanks: Values = Object.fromEntries(fieldNames.map((field) => [field, null]));

/**
 * A vendor: the actions of its users, what it shows to each reader and when, and how it handles a write.
 * All steps are atomic.
 */
export class Crm {
  readonly traits: Traits;
  readonly records = new Map<string, CrmRecord>();
  /** Ids with an event under way. */
  readonly hints: string[] = [];
  /** The time that the next transactions need to commit, and the index to include them. */
  commitDelayMs = 0;
  indexLagMs = 0;
  readonly #clock: { readonly now: number };

  constructor(traits: Traits, clock: { readonly now: number }) {
    this.traits = traits;
    this.#clock = clock;
  }

  /** The vendor's clock. */
  time(): number {
    return this.#clock.now + this.traits.skewMs;
  }

  create(fields: Values): string {
    const id = `${this.traits.name[0]}${this.records.size + 1}`;
    this.records.set(id, { id, versions: [], writes: 0 });
    this.#append(id, { fields: { ...blanks, ...fields }, deleted: false, mergedInto: null }, 0);
    return id;
  }

  /** Ids of the records that are there and not in the middle of a transaction: only those can be changed. */
  free(): string[] {
    return [...this.records.keys()].filter((id) => !this.#isLocked(id) && !this.#latest(id).deleted);
  }

  binned(): string[] {
    return [...this.records.keys()].filter((id) => {
      const { deleted, mergedInto, stamp } = this.#latest(id);
      // A user does not restore a record in the second of its deletion, because the stamps of the two would
      // be equal.
      return deleted && mergedInto === null && !this.#isLocked(id) && this.time() - stamp >= 1_000;
    });
  }

  /** The values that a user sees in the record. */
  valuesOf(id: string): Values {
    return this.#latest(id).fields;
  }

  isThere(id: string): boolean {
    return !this.#latest(id).deleted;
  }

  edit(id: string, field: string, value: Values[string]): void {
    const { fields } = this.#latest(id);
    this.#append(
      id,
      { fields: { ...fields, [field]: value ?? null }, deleted: false, mergedInto: null },
      this.commitDelayMs,
    );
  }

  remove(id: string): void {
    this.#bury(id, null);
  }

  restore(id: string): void {
    const alive = this.#record(id).versions.findLast((version) => !version.deleted);
    if (!alive) throw new Error(`${id} was never there`);
    this.#append(id, { fields: alive.fields, deleted: false, mergedInto: null }, this.commitDelayMs);
  }

  /** The survivor keeps its values, and gets the other's where it has none. Returns its id. */
  merge(survivor: string, loser: string): string {
    const lost = this.#latest(loser).fields;
    const survivorFields = this.#latest(survivor).fields;
    const merged = Object.fromEntries(
      fieldNames.map((field) => [field, survivorFields[field] ?? lost[field] ?? null]),
    );
    if (this.traits.mergeMakesNewId) {
      const id = this.create(merged);
      this.#bury(survivor, id);
      this.#bury(loser, id);
      return id;
    }
    this.#append(survivor, { fields: merged, deleted: false, mergedInto: null }, 0);
    this.#bury(loser, survivor);
    return survivor;
  }

  /** The next rows by (stamp, id) as the index has them; everything that is there when `since` is null. */
  pull(since: number | null, after: readonly [number, string] | null, limit: number): Shown[] {
    return [...this.records.keys()]
      .map((id) => this.#shown(id, 'indexedAt'))
      .filter((row) => row !== null)
      .filter((row) => (since === null ? !row.deleted : row.stamp >= since))
      .filter(
        (row) => after === null || row.stamp > after[0] || (row.stamp === after[0] && row.extId > after[1]),
      )
      .toSorted((a, b) => a.stamp - b.stamp || (a.extId < b.extId ? -1 : 1))
      .slice(0, limit);
  }

  /** The values of these records, and of the survivor when one was merged. */
  fetch(ids: readonly string[]): Shown[] {
    const rows = ids.map((id) => this.#shown(id, 'visibleAt')).filter((row) => row !== null);
    const survivors = rows.flatMap(({ mergedInto }) =>
      mergedInto === null || ids.includes(mergedInto) ? [] : [mergedInto],
    );
    return survivors.length === 0 ? rows : [...rows, ...this.fetch([...new Set(survivors)])];
  }

  /** One row of a batch. What is deleted stays deleted. */
  write(id: string, fields: Values): WriteAnswer {
    if (this.#isLocked(id)) return { is: 'locked' };
    const { deleted, fields: remoteFields, stamp } = this.#latest(id);
    if (deleted) return { is: 'gone' };
    const idle = Object.entries(fields).every(([field, value]) => remoteFields[field] === value);
    if (idle && this.traits.ignoresIdleWrites) return { is: 'ok', stamp };
    this.#record(id).writes += 1;
    this.#append(id, { fields: { ...remoteFields, ...fields }, deleted: false, mergedInto: null }, 0);
    return { is: 'ok', stamp: this.#latest(id).stamp };
  }

  #bury(id: string, mergedInto: string | null): void {
    const fields = this.traits.emptiesDeleted ? blanks : this.#latest(id).fields;
    this.#append(id, { fields, deleted: true, mergedInto }, mergedInto === null ? this.commitDelayMs : 0);
  }

  #append(id: string, change: Pick<Version, 'fields' | 'deleted' | 'mergedInto'>, delayMs: number): void {
    const { versions } = this.#record(id);
    const visibleAt = this.#clock.now + delayMs;
    const indexedAt = Math.max(
      visibleAt + (this.traits.indexLags ? this.indexLagMs : 0),
      versions.at(-1)?.indexedAt ?? 0,
    );
    const stamp = Math.floor(this.time() / this.traits.stampMs) * this.traits.stampMs;
    versions.push({ ...change, stamp, visibleAt, indexedAt });
    this.hints.push(id);
  }

  #shown(id: string, by: 'visibleAt' | 'indexedAt'): Shown | null {
    const { versions, writes } = this.#record(id);
    const version = versions.findLast((one) => one[by] <= this.#clock.now);
    if (!version) return null;
    const { fields, stamp, deleted, mergedInto } = version;
    return { extId: id, fields, stamp, deleted, mergedInto, current: version === versions.at(-1), writes };
  }

  #record(id: string): CrmRecord {
    const record = this.records.get(id);
    if (!record) throw new Error(`no record ${id}`);
    return record;
  }

  #latest(id: string): Version {
    const version = this.#record(id).versions.at(-1);
    if (!version) throw new Error(`no record ${id}`);
    return version;
  }

  #isLocked(id: string): boolean {
    return this.#latest(id).visibleAt > this.#clock.now;
  }
}
