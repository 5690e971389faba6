import { randomUUID } from 'node:crypto';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { Row } from '#sandbox/salesforce/records/row.ts';
import type { ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import { selectedEntities } from './channel-members.ts';
import { eventEntity } from './change-event.ts';
import type { ChangeEvent, ChangeType } from './change-event.ts';

/** The largest number of records in one Salesforce event. */
const recordsPerEvent = 50;
/** Stamps that every change moves. */
const unremarkable = new Set(['LastModifiedDate', 'LastModifiedById', 'SystemModstamp']);

interface Written {
  readonly replayId: number;
  event: ChangeEvent;
}

/** The user and the client of one transaction. */
export interface Transaction {
  readonly userId: string;
  readonly origin: string;
}

/** Writes the change events of one transaction, for the entities that the org's channel selects. */
export class ChangeRecorder {
  readonly #org: Org;
  readonly #by: Transaction;
  readonly #key = randomUUID();
  readonly #selected: ReadonlySet<string>;
  #sequence = 0;
  #last: Written | null = null;

  constructor(org: Org, by: Transaction) {
    this.#org = org;
    this.#by = by;
    this.#selected = selectedEntities(org);
  }

  /** @returns what takes the event back */
  record(object: ObjectDef, before: Row | null, row: Row): () => void {
    if (!this.#selected.has(eventEntity(object.name))) return () => undefined;
    const changeType = typeOf(before, row);
    const changed = changeType === 'UPDATE' ? changedFields(object, before, row) : [];
    const values =
      changeType === 'DELETE' ? {} : valuesOf(object, row, changeType === 'UPDATE' ? changed : null);
    const written =
      this.#joined(object.name, row.Id, changeType, values) ??
      this.#append(object.name, row.Id, changeType, values, changed);
    return () => this.#takeBack(written, row.Id);
  }

  #append(
    entity: string,
    id: string,
    changeType: ChangeType,
    values: Readonly<Record<string, unknown>>,
    changed: readonly string[],
  ): Written {
    this.#sequence += 1;
    const event: ChangeEvent = {
      entity,
      changeType,
      recordIds: [id],
      origin: this.#by.origin,
      transactionKey: this.#key,
      sequence: this.#sequence,
      userId: this.#by.userId,
      at: this.#org.now().toISOString(),
      values,
      changed,
    };
    return (this.#last = { replayId: this.#org.events.append(event), event });
  }

  /** The last event, when this record changed in the same way. */
  #joined(
    entity: string,
    id: string,
    changeType: ChangeType,
    values: Readonly<Record<string, unknown>>,
  ): Written | null {
    const last = this.#last;
    if (!last || last.event.entity !== entity || last.event.changeType !== changeType) return null;
    const { recordIds } = last.event;
    if (
      recordIds.length >= recordsPerEvent ||
      recordIds.includes(id) ||
      JSON.stringify(last.event.values) !== JSON.stringify(values)
    )
      return null;
    last.event = { ...last.event, recordIds: [...recordIds, id] };
    this.#org.events.replace(last.replayId, last.event);
    return last;
  }

  #takeBack(written: Written, id: string): void {
    written.event = { ...written.event, recordIds: written.event.recordIds.filter((one) => one !== id) };
    if (written.event.recordIds.length) this.#org.events.replace(written.replayId, written.event);
    else this.#org.events.remove(written.replayId);
    if (this.#last === written) this.#last = null;
  }
}

function typeOf(before: Row | null, row: Row): ChangeType {
  if (!before) return 'CREATE';
  if (row['IsDeleted'] && !before['IsDeleted']) return 'DELETE';
  return before['IsDeleted'] && !row['IsDeleted'] ? 'UNDELETE' : 'UPDATE';
}

const changedFields = (object: ObjectDef, before: Row | null, row: Row): string[] =>
  object.fields.map((field) => field.name).filter((name) => (before?.[name] ?? null) !== (row[name] ?? null));

function valuesOf(object: ObjectDef, row: Row, changed: readonly string[] | null): Record<string, unknown> {
  const names = changed ?? object.fields.map((field) => field.name);
  const shown = names.filter(
    (name) =>
      name !== 'Id' && name !== 'IsDeleted' && !unremarkable.has(name) && (row[name] ?? null) !== null,
  );
  return Object.fromEntries(shown.map((name) => [name, row[name]]));
}
