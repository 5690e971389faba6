import type { ReadCursor } from '#src/domain/sync/cursor.ts';
import type { Conflict } from '#src/domain/sync/merge-record.ts';
import type { RecordVersion } from '#src/domain/sync/replaces-stored.ts';
import { emptyShadow, type EditedShadow } from '#src/domain/sync/shadow.ts';
import type { RemoteView } from '#src/domain/sync/remote-state.ts';
import type { Values } from './fields.ts';

export type CanonicalCell = Values[string];

export interface StoredView extends RemoteView<CanonicalCell>, RecordVersion {
  readonly mergedInto: string | null;
  mapped: boolean;
}

export interface Intent {
  readonly id: string;
  readonly recordId: string;
  readonly extId: string;
  readonly fields: Values;
  readonly base: Values;
}

export interface LoggedConflict extends Conflict {
  readonly extId: string;
  readonly open: boolean;
}

/** Fairway's rows in PostgreSQL for one connection: all that survives a crash. */
export class Tables {
  readonly views = new Map<string, StoredView>();
  readonly shadows = new Map<string, EditedShadow<CanonicalCell>>();
  readonly links = new Map<string, { recordId: string; mergedInto: string | null }>();
  readonly records = new Map<string, { values: Values; deleted: boolean }>();
  /** Open intents by record. */
  readonly intents = new Map<string, Intent>();
  /** External id → token, which changes when the hint comes again, and whether it is our own doubt. */
  readonly hints = new Map<string, { readonly token: string; readonly doubt: boolean }>();
  /** Our records that wait to be planned, each with a token as well. */
  readonly touched = new Map<string, string>();
  log: LoggedConflict[] = [];
  cursor: ReadCursor = { since: null, startedAt: null, resume: null };
  #lastId = 0;

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId).padStart(6, '0');
  }

  shadowOf(extId: string): EditedShadow<CanonicalCell> {
    return this.shadows.get(extId) ?? emptyShadow();
  }

  touch(recordId: string): void {
    this.touched.set(recordId, this.nextId());
  }

  hint(extId: string, { doubt }: { readonly doubt: boolean }): void {
    this.hints.set(extId, { token: this.nextId(), doubt: doubt || this.hints.get(extId)?.doubt === true });
  }

  /** The remote record linked to one of our records; one that was merged away is not written to. */
  remoteOf(recordId: string): string | null {
    for (const [extId, link] of this.links)
      if (link.recordId === recordId && link.mergedInto === null) return extId;
    return null;
  }
}
