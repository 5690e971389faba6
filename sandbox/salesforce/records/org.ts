import type { OrgProfile } from '#sandbox/profiles/profile.ts';
import type { Store } from '#sandbox/store.ts';
import { EventLog } from '#sandbox/salesforce/events/event-log.ts';
import { accessOf, grantKinds } from './access.ts';
import type { GrantKind, Permissions } from './access.ts';
import { makeId, ordinalOf } from './ids.ts';
import type { Row } from './row.ts';
import { hasObject, shapeObject } from './profile-shape.ts';
import { Schema } from './schema.ts';
import type { FieldDef, ObjectDef } from './schema.ts';
import { Sight } from './sight.ts';
import { approvalObjects } from './approval-objects.ts';
import { standardObjects } from './standard-objects.ts';
import { toStamp } from './times.ts';

/** The user and the time of a change. The sample brings its own times. */
export interface Authorship {
  readonly userId: string;
  readonly createdAt?: string;
  readonly modifiedAt?: string;
}

/** The keys, `Object` and `Object.Field`, of what a permission set grants. */
export type Granted = Readonly<Record<GrantKind, readonly string[]>>;

/**
 * The org: its objects, its records and its unique indexes. Deleted records stay, marked, until the bin is
 * emptied.
 */
export class Org {
  readonly store: Store;
  readonly now: () => Date;
  readonly profile: OrgProfile;
  readonly sight: Sight;
  readonly events: EventLog;
  readonly #next = new Map<string, number>();
  readonly #indexes = new Map<string, Map<string, string>>();
  #everything: Schema | null = null;
  readonly #views = new Map<string, Schema>();

  constructor(store: Store, now: () => Date, profile: OrgProfile) {
    this.store = store;
    this.now = now;
    this.profile = profile;
    this.sight = new Sight(now);
    this.events = new EventLog(store, now);
  }

  stamp(): string {
    return toStamp(this.now());
  }

  /** The whole schema. */
  schema(): Schema {
    return (this.#everything ??= new Schema(this.#objects(), null));
  }

  /** The schema as far as a user's permission sets show it. */
  schemaFor(userId: string): Schema {
    let view = this.#views.get(userId);
    if (!view)
      this.#views.set(userId, (view = new Schema(this.#objects(), accessOf(this.#permissionsOf(userId)))));
    return view;
  }

  /** Adds an object, or replaces its definition. */
  putObject(object: ObjectDef): void {
    this.store.put('salesforce:#object', object.name, { ...object });
    this.forgetSchema();
  }

  /** Adds a custom field to an object, or replaces what the object says of a field. */
  putField(objectName: string, field: FieldDef): void {
    this.store.put('salesforce:#field', `${objectName}.${field.name}`, { object: objectName, field });
    this.forgetSchema();
  }

  /** Removes a custom field. The caller must clear its values. */
  removeField(objectName: string, name: string): void {
    this.store.remove('salesforce:#field', `${objectName}.${name}`);
    const object = this.store.collection('salesforce:#object').get(objectName) as unknown as
      | ObjectDef
      | undefined;
    if (object) this.putObject({ ...object, fields: object.fields.filter((field) => field.name !== name) });
    this.forgetSchema();
  }

  /** The contents of each permission set, by its id. */
  grants(): [id: string, grants: Granted][] {
    return [...this.store.collection('salesforce:#grants')] as unknown as [string, Granted][];
  }

  putGrants(id: string, granted: Granted): void {
    this.store.put('salesforce:#grants', id, { ...granted });
    this.forgetSchema();
  }

  customObjectCount(): number {
    return this.store.collection('salesforce:#object').size;
  }

  /** After a change of objects, fields or permissions. */
  forgetSchema(): void {
    this.#everything = null;
    this.#views.clear();
  }

  rows(objectName: string): Map<string, Row> {
    return this.store.collection(`salesforce:${objectName}`) as Map<string, Row>;
  }

  /** A record that is there, deleted or not. */
  row(objectName: string, id: string): Row | null {
    return this.rows(objectName).get(id) ?? null;
  }

  /**
   * The records of an object that a query sees: without those that are too fresh or have left the recycle
   * bin.
   */
  *seen(objectName: string): Generator<Row> {
    for (const row of this.rows(objectName).values()) {
      const seen = this.sight.of(row);
      if (seen) yield seen;
    }
  }

  /** The object whose ids start like this one. */
  objectOfId(id: string): ObjectDef | null {
    return (
      this.schema()
        .objects()
        .find((object) => id.startsWith(object.keyPrefix)) ?? null
    );
  }

  nextId(object: ObjectDef): { id: string; n: number } {
    let n = this.#next.get(object.name);
    if (n === undefined)
      n = this.rows(object.name)
        .keys()
        .reduce(
          (max, id) => Math.max(max, ordinalOf(id)),
          Number(this.store.collection('salesforce:#gone').get(object.name)?.['n'] ?? 0),
        );
    this.#next.set(object.name, n + 1);
    return { id: makeId(object.keyPrefix, n + 1), n: n + 1 };
  }

  save(object: ObjectDef, row: Row): void {
    this.#reindex(object, row.Id, row);
    this.store.put(`salesforce:${object.name}`, row.Id, row);
    if (object.name.startsWith('PermissionSet')) this.forgetSchema();
  }

  /** Removes a deleted record permanently. Its id is never used again. */
  purge(object: ObjectDef, id: string): void {
    const gone = Number(this.store.collection('salesforce:#gone').get(object.name)?.['n'] ?? 0);
    this.store.put('salesforce:#gone', object.name, { n: Math.max(gone, ordinalOf(id)) });
    this.discard(object, id);
  }

  /** Reverses an insert of a rolled-back request. */
  discard(object: ObjectDef, id: string): void {
    this.#reindex(object, id, null);
    this.store.remove(`salesforce:${object.name}`, id);
  }

  /** The live record holding this value in a unique field. */
  byUnique(object: ObjectDef, field: FieldDef, value: unknown): Row | null {
    const id = this.#index(object, field).get(String(value).toLowerCase());
    return id === undefined ? null : this.row(object.name, id);
  }

  #objects(): ObjectDef[] {
    const added = [...this.store.collection('salesforce:#object').values()] as unknown as ObjectDef[];
    const fields = [...this.store.collection('salesforce:#field').values()] as unknown as {
      object: string;
      field: FieldDef;
    }[];
    const objects = [...standardObjects, ...approvalObjects, ...added].filter((object) =>
      hasObject(this.profile, object),
    );
    return objects.map((object) => {
      const put = fields.filter((entry) => entry.object === object.name).map((entry) => entry.field);
      const all = new Map([...object.fields, ...put].map((field) => [field.name, field]));
      return shapeObject(this.profile, { ...object, fields: [...all.values()] });
    });
  }

  #permissionsOf(userId: string): Permissions {
    const grants = {
      readable: new Set<string>(),
      editable: new Set<string>(),
      creatable: new Set<string>(),
      viewAll: new Set<string>(),
      modifyAll: new Set<string>(),
    };
    for (const assignment of this.rows('PermissionSetAssignment').values()) {
      if (assignment['AssigneeId'] !== userId || assignment['IsDeleted']) continue;
      const granted = this.store.collection('salesforce:#grants').get(String(assignment['PermissionSetId']));
      for (const kind of grantKinds)
        // Sets stored by an earlier version name neither creation nor whole objects.
        for (const key of (granted?.[kind] ??
          (kind === 'creatable' ? granted?.['editable'] : []) ??
          []) as string[])
          grants[kind].add(key);
    }
    const { integrationUser, sharing } = this.profile;
    const administrator = integrationUser === 'administrator';
    const settings = this.store.collection('salesforce:#settings').get('org');
    const named = (name: string): ReadonlySet<string> => new Set((settings?.[name] ?? []) as string[]);
    const [sharedForEditing, hidden] = [named('sharedForEditing'), named('hidden')];
    return { userId, grants, administrator, sharing, sharedForEditing, hidden };
  }

  #index(object: ObjectDef, field: FieldDef): Map<string, string> {
    const key = `${object.name}.${field.name}`;
    let index = this.#indexes.get(key);
    if (!index) {
      this.#indexes.set(key, (index = new Map<string, string>()));
      for (const row of this.rows(object.name).values()) addTo(index, row, field);
    }
    return index;
  }

  #reindex(object: ObjectDef, id: string, row: Row | null): void {
    const before = this.row(object.name, id);
    for (const field of object.fields) {
      if (!field.unique && !field.externalId) continue;
      const index = this.#index(object, field);
      const held = before?.[field.name];
      if (held !== undefined && held !== null && index.get(String(held).toLowerCase()) === id)
        index.delete(String(held).toLowerCase());
      if (row) addTo(index, row, field);
    }
  }
}

function addTo(index: Map<string, string>, row: Row, field: FieldDef): void {
  const value = row[field.name];
  if (value !== undefined && value !== null && !row['IsDeleted'])
    index.set(String(value).toLowerCase(), row.Id);
}
