import { ApiError, rowError } from './api-error.ts';
import { toId18 } from './ids.ts';
import type { Authorship, Org, Row } from './org.ts';
import type { FieldDef, ObjectDef, Schema } from './schema.ts';
import { orgCurrency, stages } from './standard-objects.ts';
import { toStored } from './values.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Saves records for one user as the API does, and can take back what it did. */
export class Writer {
  readonly #org: Org;
  readonly #schema: Schema;
  readonly #by: Authorship;
  readonly #undo: (() => void)[] = [];

  constructor(org: Org, schema: Schema, by: Authorship) {
    this.#org = org;
    this.#schema = schema;
    this.#by = by;
  }

  /** @throws ApiError when a value or the record is refused; so do the others. */
  insert(object: ObjectDef, fields: Fields): string {
    const values = this.#check(object, fields, null);
    const missing = object.fields.filter((field) => field.required && (values[field.name] ?? null) === null).map((field) => field.name);
    if (missing.length) throw rowError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
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
    this.#put(object, derive(object, row));
    return id;
  }

  update(object: ObjectDef, rawId: unknown, fields: Fields): string {
    const row = this.#live(object, rawId);
    const values = this.#check(object, fields, row.Id);
    this.#put(object, derive(object, { ...row, ...values, ...this.#modified() }));
    return row.Id;
  }

  upsert(object: ObjectDef, keyField: FieldDef, key: unknown, fields: Fields): { id: string; created: boolean } {
    if (key === null || key === undefined || key === '')
      throw rowError('MISSING_ARGUMENT', `${keyField.name} not specified`, [keyField.name]);
    if (keyField.name === 'Id') return { id: this.update(object, key, fields), created: false };
    const known = this.#org.byUnique(object, keyField, toStored(this.#org, keyField, key));
    if (known) return { id: this.update(object, known.Id, fields), created: false };
    return { id: this.insert(object, { ...fields, [keyField.name]: key }), created: true };
  }

  remove(object: ObjectDef, rawId: unknown): string {
    const row = this.#live(object, rawId);
    this.#put(object, { ...row, IsDeleted: true, ...this.#modified() });
    return row.Id;
  }

  /** Takes back everything this writer saved, newest first. */
  rollBack(): void {
    for (const step of this.#undo.splice(0).reverse()) step();
  }

  #live(object: ObjectDef, rawId: unknown): Row {
    const id = toId18(rawId);
    if (!id || !id.startsWith(object.keyPrefix))
      throw rowError('MALFORMED_ID', `${object.label} ID: id value of incorrect type: ${String(rawId)}`, ['Id']);
    const row = this.#org.row(object.name, id);
    if (!row) throw new ApiError(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (row['IsDeleted']) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
    return row;
  }

  #check(object: ObjectDef, fields: Fields, ownId: string | null): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    const locked: string[] = [];
    for (const [name, value] of Object.entries(fields)) {
      const field = this.#schema.field(object, name);
      if (!field) throw rowError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
      if (field.readOnly || field.displayFormat) locked.push(field.name);
      else values[field.name] = toStored(this.#org, field, value);
    }
    if (locked.length) {
      const hint = 'Please check the security settings of this field and verify that it is read/write for your profile or permission set.';
      throw rowError('INVALID_FIELD_FOR_INSERT_UPDATE', `Unable to create/update fields: ${locked.join(', ')}. ${hint}`, locked);
    }
    this.#refuseDuplicates(object, values, ownId);
    return values;
  }

  #refuseDuplicates(object: ObjectDef, values: Fields, ownId: string | null): void {
    for (const field of object.fields) {
      const value = values[field.name];
      if (!field.unique || value === null || value === undefined) continue;
      const held = this.#org.byUnique(object, field, value);
      if (held && held.Id !== ownId) {
        throw rowError('DUPLICATE_VALUE', `duplicate value found: ${field.name} duplicates value on record with id: ${held.Id}`);
      }
    }
  }

  #defaults(object: ObjectDef, n: number): Record<string, unknown> {
    const values: Record<string, unknown> = { CurrencyIsoCode: orgCurrency };
    for (const field of object.fields) {
      if (field.name === 'OwnerId') values['OwnerId'] = this.#by.userId;
      if (field.type === 'boolean') values[field.name] = false;
      if (field.displayFormat)
        values[field.name] = field.displayFormat.replace(/\{(0+)\}/, (_, zeros: string) => String(n).padStart(zeros.length, '0'));
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
  }
}

/** The values Salesforce works out from others. */
function derive(object: ObjectDef, row: Row): Row {
  if (object.name === 'Opportunity') {
    const stage = stages[String(row['StageName'])];
    return { ...row, IsClosed: stage?.closed ?? false, IsWon: stage?.won ?? false };
  }
  if (object.name === 'Contact' || object.name === 'User') {
    return { ...row, Name: [row['FirstName'], row['LastName']].filter(Boolean).join(' ') };
  }
  return row;
}
