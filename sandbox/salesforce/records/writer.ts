import { ApiError, rowError } from '#sandbox/salesforce/rest/api-error.ts';
import { ChangeRecorder } from '#sandbox/salesforce/events/change-recorder.ts';
import { toId18 } from './ids.ts';
import type { Authorship, Org } from './org.ts';
import type { Row } from './row.ts';
import type { FieldDef, ObjectDef, Schema } from './schema.ts';
import { recordTypeAt, refuseOtherValues } from './record-types.ts';
import { refuseByRules } from './rules.ts';
import { lacksLicence, settingsOf } from '#sandbox/salesforce/settings.ts';
import { stages } from './standard-objects.ts';
import { toStored } from './values.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface WriterOptions {
  /** The caller saves in spite of the alert of a duplicate rule. */
  readonly allowDuplicates?: boolean;
  /** The delay until saved records are visible to queries. */
  readonly lateMs?: number;
  /**
   * By what the change is made, as a change event names it; empty for a person. Without it no events are
   * written.
   */
  readonly origin?: string;
  /** Steps of the rollback. Writers of one transaction share them. */
  readonly undo?: (() => void)[];
}

/** Saves records for one user as the API does, and can roll back. */
export class Writer {
  readonly #org: Org;
  readonly #schema: Schema;
  readonly #by: Authorship;
  readonly #allowDuplicates: boolean;
  readonly #lateMs: number;
  readonly #undo: (() => void)[];
  readonly #recorder: ChangeRecorder | null;

  constructor(
    org: Org,
    schema: Schema,
    by: Authorship,
    { allowDuplicates = false, lateMs = 0, origin, undo = [] }: WriterOptions = {},
  ) {
    this.#org = org;
    this.#schema = schema;
    this.#by = by;
    this.#allowDuplicates = allowDuplicates;
    this.#lateMs = lateMs;
    this.#undo = undo;
    this.#recorder = origin === undefined ? null : new ChangeRecorder(org, { userId: by.userId, origin });
  }

  /** @throws ApiError when a value or the record is refused; so do the others. */
  insert(object: ObjectDef, fields: Fields): string {
    if (this.#schema.object(object.name)?.creatable === false)
      throw rowError(
        'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        `entity type cannot be inserted: ${object.label}`,
      );
    const values = this.#check(object, fields, null);
    const person = isPerson(this.#org, object, values);
    const missing = object.fields
      .filter((field) => !(person && field.name === 'Name'))
      .filter((field) => field.required && (values[field.name] ?? null) === null)
      .map((field) => field.name);
    if (missing.length)
      throw rowError(
        'REQUIRED_FIELD_MISSING',
        `Required fields are missing: [${missing.join(', ')}]`,
        missing,
      );
    const assigns = this.#recorder !== null && object.name === 'PermissionSetAssignment';
    if (assigns && settingsOf(this.#org).withheldPermissions.includes('AssignPermissionSets'))
      throw rowError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
    if (assigns && lacksLicence(this.#org))
      throw rowError(
        'FIELD_INTEGRITY_EXCEPTION',
        "Can't assign permission set Fairway integration to user Fairway Integration. The user license doesn't allow the permission: Read Accounts",
      );
    // The sample of a profile was in the org before its storage was full. Records of Setup need none.
    if (this.#recorder && !isSetup(object) && settingsOf(this.#org).storageFull)
      throw rowError('STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded');
    const { id, n } = this.#org.nextId(object);
    const created = this.#by.createdAt ?? this.#org.stamp();
    const row: Row = {
      ...this.#defaults(object, n),
      ...values,
      Id: id,
      IsDeleted: false,
      CreatedDate: created,
      CreatedById: this.#by.userId,
      ...this.#modified(),
    };
    this.#save(object, derive(this.#org, object, row), Object.keys(values));
    return id;
  }

  update(object: ObjectDef, rawId: unknown, fields: Fields): string {
    const row = this.#live(object, rawId);
    if (this.#schema.object(object.name)?.editable === false || !this.#schema.changes(object, row))
      throw rowError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
    const values = this.#check(object, fields, row.Id);
    if ('Name' in values && isPerson(this.#org, object, row))
      throw rowError(
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        'Account: bad field names on insert/update call: Name',
        ['Name'],
      );
    const saved = derive(this.#org, object, { ...row, ...values, ...this.#modified() });
    this.#save(object, saved, Object.keys(values));
    return row.Id;
  }

  upsert(
    object: ObjectDef,
    keyField: FieldDef,
    key: unknown,
    fields: Fields,
  ): { id: string; created: boolean } {
    if (key === null || key === undefined || key === '')
      throw rowError('MISSING_ARGUMENT', `${keyField.name} not specified`, [keyField.name]);
    if (keyField.name === 'Id') return { id: this.update(object, key, fields), created: false };
    const known = this.#org.byUnique(object, keyField, toStored(this.#org, keyField, key));
    if (known) return { id: this.update(object, known.Id, fields), created: false };
    return { id: this.insert(object, { ...fields, [keyField.name]: key }), created: true };
  }

  /**
   * Moves a record to the recycle bin, where it no longer refers to others. @param marks what a merge notes
   * on the loser.
   */
  remove(object: ObjectDef, rawId: unknown, marks: Fields = {}): string {
    const row = this.#live(object, rawId);
    this.#undo.push(() => this.#org.store.remove('salesforce:#bin', row.Id));
    this.#org.store.put('salesforce:#bin', row.Id, row);
    const cleared = Object.fromEntries(
      object.fields.filter(isClearedOnDelete).map((field) => [field.name, null]),
    );
    this.#put(object, { ...row, ...cleared, ...marks, IsDeleted: true, ...this.#modified() });
    return row.Id;
  }

  /** Takes a record out of the recycle bin, as it was. */
  restore(object: ObjectDef, id: string): void {
    const deletedRow = this.#org.store.collection('salesforce:#bin').get(id) as Row | undefined;
    const row = this.#org.row(object.name, id);
    if (!deletedRow || !row || !this.#org.sight.of(row))
      throw rowError('UNDELETE_FAILED', 'entity is not in recycle bin', ['Id']);
    this.#refuseDuplicates(object, deletedRow, id);
    this.#put(object, { ...deletedRow, SystemModstamp: this.#modified()['SystemModstamp'] });
    this.#org.store.remove('salesforce:#bin', id);
  }

  /** The place `rollBack` returns to. */
  mark(): number {
    return this.#undo.length;
  }

  /** Rolls back everything saved since the mark, newest first. */
  rollBack(mark = 0): void {
    for (const step of this.#undo.splice(mark).reverse()) step();
  }

  #save(object: ObjectDef, row: Row, changed: readonly string[]): void {
    refuseOtherValues(this.#org, object, row, changed);
    refuseByRules(this.#org, object, row, this.#allowDuplicates);
    this.#put(object, row);
  }

  #live(object: ObjectDef, rawId: unknown): Row {
    const id = toId18(rawId);
    if (!id || !id.startsWith(object.keyPrefix))
      throw rowError('MALFORMED_ID', `${object.label} ID: id value of incorrect type: ${String(rawId)}`, [
        'Id',
      ]);
    const row = this.#org.row(object.name, id);
    if (!row) throw new ApiError(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (!this.#schema.sees(object, row))
      throw new ApiError(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (row['IsDeleted']) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
    return row;
  }

  #check(object: ObjectDef, fields: Fields, exceptId: string | null): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    const locked: string[] = [];
    for (const [name, value] of Object.entries(fields)) {
      const field = this.#schema.field(object, name);
      if (!field)
        throw rowError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
      if (field.readOnly || field.displayFormat) locked.push(field.name);
      else values[field.name] = toStored(this.#org, field, value);
    }
    if (locked.length) {
      const hint =
        'Please check the security settings of this field and verify that it is read/write for your profile or permission set.';
      throw rowError(
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        `Unable to create/update fields: ${locked.join(', ')}. ${hint}`,
        locked,
      );
    }
    this.#refuseDuplicates(object, values, exceptId);
    return values;
  }

  #refuseDuplicates(object: ObjectDef, values: Fields, exceptId: string | null): void {
    for (const field of object.fields) {
      const value = values[field.name];
      if (!field.unique || value === null || value === undefined) continue;
      const held = this.#org.byUnique(object, field, value);
      if (held && held.Id !== exceptId) {
        throw rowError(
          'DUPLICATE_VALUE',
          `duplicate value found: ${field.name} duplicates value on record with id: ${held.Id}`,
        );
      }
    }
  }

  #defaults(object: ObjectDef, n: number): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const field of object.fields) {
      if (field.defaultValue !== undefined) values[field.name] = field.defaultValue;
      if (field.name === 'OwnerId') values['OwnerId'] = this.#by.userId;
      if (field.name === 'RecordTypeId') values['RecordTypeId'] = recordTypeAt(this.#org, object.name, 0);
      if (field.type === 'boolean') values[field.name] = false;
      if (field.displayFormat)
        values[field.name] = field.displayFormat.replace(/\{(0+)\}/, (_, zeros: string) =>
          String(n).padStart(zeros.length, '0'),
        );
    }
    return values;
  }

  #modified(): Pick<Row, string> {
    const at = this.#by.modifiedAt ?? this.#org.stamp();
    return { LastModifiedDate: at, LastModifiedById: this.#by.userId, SystemModstamp: at };
  }

  #put(object: ObjectDef, row: Row): void {
    const before = this.#org.row(object.name, row.Id);
    this.#undo.push(() => (before ? this.#org.save(object, before) : this.#org.discard(object, row.Id)));
    this.#org.save(object, row);
    if (this.#lateMs > 0) this.#org.sight.delay(row, before, this.#lateMs);
    if (this.#recorder) this.#undo.push(this.#recorder.record(object, before, row));
  }
}

const isSetup = ({ name }: ObjectDef): boolean => name === 'User' || name.startsWith('PermissionSet');

/** A lookup to another record of the business, which a deletion empties; who made and owns it stays. */
const isClearedOnDelete = (field: FieldDef): boolean =>
  field.type === 'reference' && field.referenceTo !== 'User' && !field.readOnly && !field.required;

/**
 * An account with a last name is a person, whose name is made of its parts and cannot be changed itself.
 * Source: Object Reference, Account, `Name` and `IsPersonAccount`.
 */
const isPerson = (org: Org, object: ObjectDef, row: Readonly<Record<string, unknown>>): boolean =>
  org.profile.personAccounts && object.name === 'Account' && (row['LastName'] ?? null) !== null;

/** The values Salesforce works out from others. */
function derive(org: Org, object: ObjectDef, row: Row): Row {
  if (object.name === 'Opportunity') {
    const stage = stages[String(row['StageName'])];
    return { ...row, IsClosed: stage?.closed ?? false, IsWon: stage?.won ?? false };
  }
  if (object.name === 'OpportunityLineItem') return { ...row, ...lineOf(org, row) };
  if (isPerson(org, object, row)) {
    const name = [row['FirstName'], row['LastName']].filter(Boolean).join(' ');
    return { ...row, IsPersonAccount: true, Name: name };
  }
  if (object.name === 'Contact' || object.name === 'User' || object.name === 'Lead') {
    return { ...row, Name: [row['FirstName'], row['LastName']].filter(Boolean).join(' ') };
  }
  return row;
}

/** A line is named for its deal and its product, and comes to what quantity, price and discount make. */
function lineOf(org: Org, row: Row): Record<string, unknown> {
  const opportunity = org.row('Opportunity', String(row['OpportunityId']));
  const product = org.row('Product2', String(row['Product2Id']));
  const total =
    Number(row['Quantity'] ?? 0) * Number(row['UnitPrice'] ?? 0) * (1 - Number(row['Discount'] ?? 0) / 100);
  return {
    Name: [opportunity?.['Name'], product?.['Name']].filter(Boolean).join(' '),
    ProductCode: product?.['ProductCode'] ?? null,
    TotalPrice: Number(total.toFixed(2)),
  };
}
