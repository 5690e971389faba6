import schemas from 'avro-js/lib/schemas.js';
import type { AvroType } from 'avro-js/lib/schemas.js';
import { z } from 'zod';
import type { FetchAnswer, PubSub } from './pub-sub.ts';
import { isAnswered, toPubSubError } from './pub-sub-error.ts';

const headerShape = z.object({
  ChangeEventHeader: z.object({
    entityName: z.string(),
    recordIds: z.array(z.string()),
    changeType: z.string(),
    changeOrigin: z.string(),
  }),
});
export type ChangeHeader = z.infer<typeof headerShape>['ChangeEventHeader'];

/** 64-bit numbers. avro-js would refuse those that do not fit a double. */
const long = schemas.types.LongType.using({
  fromBuffer: (buffer) => buffer.readBigInt64LE(),
  toBuffer: (value) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value) => typeof value === 'bigint',
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
});

/**
 * Reads the headers of change events with the schemas that they were written with. Each schema is fetched
 * once.
 */
export class EventDecoder {
  readonly #pubSub: PubSub;
  readonly #types = new Map<string, AvroType | null>();

  constructor(pubSub: PubSub) {
    this.#pubSub = pubSub;
  }

  /** Null when the event cannot be read. Throws gRPC's error when its schema cannot be fetched. */
  async header({ event }: FetchAnswer['events'][number]): Promise<ChangeHeader | null> {
    const type = await this.#typeOf(event.schemaId);
    if (!type) return null;
    const parsed = headerShape.safeParse(decoded(type, event.payload));
    return parsed.success ? parsed.data.ChangeEventHeader : null;
  }

  async #typeOf(schemaId: string): Promise<AvroType | null> {
    let type = this.#types.get(schemaId);
    if (type === undefined) {
      const json = await this.#schema(schemaId);
      type = json === null ? null : typeFrom(json);
      this.#types.set(schemaId, type);
    }
    return type;
  }

  async #schema(schemaId: string): Promise<string | null> {
    try {
      return await this.#pubSub.schema(schemaId);
    } catch (error) {
      const pubSubError = toPubSubError(error);
      if (pubSubError && isAnswered(pubSubError)) return null;
      throw error;
    }
  }
}

/**
 * avro-js throws an untyped error for bytes or schemas that it cannot read. In every case the event is
 * unreadable.
 */
function decoded(type: AvroType, payload: Buffer): unknown {
  try {
    return type.fromBuffer(payload);
  } catch {
    return null;
  }
}

function typeFrom(json: string): AvroType | null {
  try {
    return schemas.createType(z.looseObject({}).parse(JSON.parse(json)), { registry: { long } });
  } catch {
    return null;
  }
}
