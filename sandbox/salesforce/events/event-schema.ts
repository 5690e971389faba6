import { createHash } from 'node:crypto';
import schemas from 'avro-js/lib/schemas.js';
import type { AvroType } from 'avro-js/lib/schemas.js';
import type { FieldDef, ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import { changeTypes, eventEntity } from './change-event.ts';
import type { ChangeEvent } from './change-event.ts';

const strings = { type: 'array', items: 'string' };
const header = {
  name: 'ChangeEventHeader',
  type: {
    type: 'record',
    name: 'ChangeEventHeader',
    namespace: 'com.sforce.eventbus',
    fields: [
      { name: 'entityName', type: 'string' },
      { name: 'recordIds', type: strings },
      {
        name: 'changeType',
        type: { type: 'enum', name: 'ChangeType', symbols: [...changeTypes, 'SNAPSHOT'] },
      },
      { name: 'changeOrigin', type: 'string' },
      { name: 'transactionKey', type: 'string' },
      { name: 'sequenceNumber', type: 'int' },
      { name: 'commitTimestamp', type: 'long' },
      { name: 'commitNumber', type: 'long' },
      { name: 'commitUser', type: 'string' },
      { name: 'nulledFields', type: strings },
      { name: 'diffFields', type: strings },
      { name: 'changedFields', type: strings },
    ],
  },
};

type AvroName = 'string' | 'double' | 'boolean' | 'long' | 'int';
const avroTypes: Readonly<Partial<Record<FieldDef['type'], AvroName>>> = {
  currency: 'double',
  double: 'double',
  percent: 'double',
  int: 'int',
  boolean: 'boolean',
  datetime: 'long',
  date: 'long',
};
const avroType = (field: FieldDef): AvroName => avroTypes[field.type] ?? 'string';

/** Numbers of 64 bits, as they are: a commit number may not fit a double. */
const long = schemas.types.LongType.using({
  fromBuffer: (buffer) => buffer.readBigInt64LE(),
  toBuffer: (value) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(value));
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value) => typeof value === 'bigint',
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
});

/** An entity's event schema: the header, and every field as one that may be null. */
export class EventSchema {
  readonly id: string;
  readonly json: string;
  readonly #fields: readonly FieldDef[];
  readonly #type: AvroType;

  constructor(object: ObjectDef) {
    this.#fields = object.fields.filter((field) => field.name !== 'Id' && field.name !== 'IsDeleted');
    const fields = [
      header,
      ...this.#fields.map((field) => ({ name: field.name, type: ['null', avroType(field)], default: null })),
    ];
    const schema = {
      type: 'record',
      name: eventEntity(object.name),
      namespace: 'com.sforce.eventbus',
      fields,
    };
    this.json = JSON.stringify(schema);
    this.id = createHash('sha256').update(this.json).digest('base64url').slice(0, 22);
    this.#type = schemas.createType(schema, { registry: { long } });
  }

  encode(event: ChangeEvent): Buffer {
    const at = Date.parse(event.at);
    const body = this.#fields.map((field): [string, unknown] => [
      field.name,
      toUnion(field, event.values[field.name]),
    ]);
    return this.#type.toBuffer({
      ChangeEventHeader: {
        entityName: event.entity,
        recordIds: event.recordIds,
        changeType: event.changeType,
        changeOrigin: event.origin,
        transactionKey: event.transactionKey,
        sequenceNumber: event.sequence,
        commitTimestamp: BigInt(at),
        commitNumber: BigInt(at) * 1000n,
        commitUser: event.userId,
        nulledFields: this.#bitmap(
          event.changed.filter((name) => event.values[name] === undefined && !systemStamp.has(name)),
        ),
        diffFields: [],
        changedFields: this.#bitmap(event.changed),
      },
      ...Object.fromEntries(body),
    });
  }

  /** Which fields, by their places in the schema: bit 0 is the header. */
  #bitmap(names: readonly string[]): string[] {
    let bits = 0n;
    for (const [n, field] of this.#fields.entries())
      if (names.includes(field.name)) bits |= 1n << BigInt(n + 1);
    return bits === 0n ? [] : [`0x${bits.toString(16).toUpperCase()}`];
  }
}

const systemStamp = new Set(['LastModifiedDate', 'LastModifiedById', 'SystemModstamp']);

/** A value as avro-js writes it into a union. */
function toUnion(field: FieldDef, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const type = avroType(field);
  if (type === 'long') return { long: BigInt(Date.parse(String(value).replace('+0000', 'Z'))) };
  return { [type]: value };
}
