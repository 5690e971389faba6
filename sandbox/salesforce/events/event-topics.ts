import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { ObjectDef } from '#sandbox/salesforce/records/schema.ts';
import { selectedEntities } from './channel-members.ts';
import { eventEntity } from './change-event.ts';
import type { ChangeEvent } from './change-event.ts';
import { EventSchema } from './event-schema.ts';

export interface Topic {
  readonly name: string;
  readonly schemaId: string;
  readonly suits: (event: ChangeEvent) => boolean;
}

const allChanges = '/data/ChangeEvents';

/** The org's topics of change events, and the schemas of what goes through them. */
export class EventTopics {
  readonly #org: Org;
  /** Every schema used so far: an event keeps the one it was written with. */
  readonly #schemas = new Map<string, EventSchema>();
  readonly #byDefinition = new WeakMap<ObjectDef, EventSchema>();

  constructor(org: Org) {
    this.#org = org;
  }

  /** `/data/ChangeEvents`, or the topic of one selected entity. */
  find(name: string): Topic | null {
    if (name === allChanges) return { name, schemaId: '', suits: () => true };
    const entity = /^\/data\/(\w+)$/.exec(name)?.[1] ?? '';
    const object = this.#org
      .schema()
      .objects()
      .find((one) => eventEntity(one.name) === entity);
    if (!object || !selectedEntities(this.#org).has(entity)) return null;
    return { name, schemaId: this.schemaOf(object.name).id, suits: (event) => event.entity === object.name };
  }

  /** The present schema of an object's events. */
  schemaOf(objectName: string): EventSchema {
    const object = this.#org.schema().object(objectName);
    if (!object) throw new Error(`no object ${objectName}`);
    let schema = this.#byDefinition.get(object);
    if (!schema) {
      schema = new EventSchema(object);
      this.#byDefinition.set(object, schema);
      this.#schemas.set(schema.id, schema);
    }
    return schema;
  }

  schemaById(id: string): EventSchema | null {
    return this.#schemas.get(id) ?? null;
  }
}
