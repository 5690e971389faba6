import type { Store } from '#sandbox/store.ts';
import type { ChangeEvent } from './change-event.ts';

const collection = 'salesforce:#event';
const stateCollection = 'salesforce:#event-state';
const retentionMs = 72 * 3_600_000;
/** The stream goes on by itself, as other events of other orgs pass. */
const idleMs = 3_600_000;
const firstReplayId = 41_007_211;

interface State {
  /** The latest replay id given, and when. */
  readonly last: number;
  readonly lastAt: number;
  /** Replay ids below it have expired. */
  readonly validFrom: number;
}

export interface LoggedEvent {
  readonly replayId: number;
  readonly event: ChangeEvent;
}

/**
 * The org's change events of the last 72 hours, in order. Their replay ids grow by unpredictable steps.
 */
export class EventLog {
  readonly #store: Store;
  readonly #now: () => Date;
  readonly #listeners = new Set<() => void>();
  #isWaking = false;

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  append(event: ChangeEvent): number {
    this.#prune();
    const replayId = this.#advance();
    this.#store.put(collection, keyOf(replayId), { event });
    this.#wake();
    return replayId;
  }

  /** Changes an event that is not published yet. Subscribers are woken after the transaction. */
  replace(replayId: number, event: ChangeEvent): void {
    this.#store.put(collection, keyOf(replayId), { event });
  }

  /** Removes an event of a rolled-back transaction. */
  remove(replayId: number): void {
    this.#store.remove(collection, keyOf(replayId));
  }

  /** Up to `limit` events after a replay id that suit. */
  after(replayId: number, limit: number, suits: (event: ChangeEvent) => boolean): LoggedEvent[] {
    const found: LoggedEvent[] = [];
    for (const [key, body] of this.#store.collection(collection)) {
      const event = body['event'] as ChangeEvent;
      if (Number(key) <= replayId || !suits(event)) continue;
      found.push({ replayId: Number(key), event });
      if (found.length === limit) break;
    }
    return found;
  }

  latest(): number {
    const { last, lastAt } = this.#state();
    return this.#now().getTime() - lastAt > idleMs ? this.#advance() : last;
  }

  /** The place before the oldest event that is kept. */
  earliest(): number {
    this.#prune();
    return this.#state().validFrom - 1;
  }

  isKnown(replayId: number): boolean {
    this.#prune();
    const { last, validFrom } = this.#state();
    return replayId >= validFrom && replayId <= last;
  }

  /** Forgets all events and every replay id given so far. */
  forget(): void {
    for (const key of [...this.#store.collection(collection).keys()]) this.#store.remove(collection, key);
    const last = this.#advance();
    this.#put({ ...this.#state(), validFrom: last + 1 });
    this.#advance();
  }

  /** Calls back after something was added, once the transaction is over. @returns what ends it */
  onAdded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #wake(): void {
    if (this.#isWaking || this.#listeners.size === 0) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      for (const listener of this.#listeners) listener();
    });
  }

  #advance(): number {
    const state = this.#state();
    const last = state.last + 2 + ((state.last * 7919) % 11);
    this.#put({ ...state, last, lastAt: this.#now().getTime() });
    return last;
  }

  #prune(): void {
    const oldest = this.#now().getTime() - retentionMs;
    const state = this.#state();
    let { validFrom } = state;
    for (const [key, body] of this.#store.collection(collection)) {
      if (Date.parse((body['event'] as ChangeEvent).at) > oldest) break;
      this.#store.remove(collection, key);
      validFrom = Number(key) + 1;
    }
    if (state.lastAt <= oldest) validFrom = state.last + 1;
    if (validFrom !== state.validFrom) this.#put({ ...state, validFrom });
  }

  #state(): State {
    const saved = this.#store.collection(stateCollection).get('log') as State | undefined;
    return saved ?? { last: firstReplayId, lastAt: this.#now().getTime(), validFrom: firstReplayId };
  }

  #put(state: State): void {
    this.#store.put(stateCollection, 'log', { ...state });
  }
}

/** So that the store, which sorts by text, gives them back in order. */
const keyOf = (replayId: number): string => String(replayId).padStart(16, '0');
