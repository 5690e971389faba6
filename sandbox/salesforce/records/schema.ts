import type { Row } from './row.ts';

/** The types of fields this org has, by Salesforce's names. */
export type SfType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'multipicklist'
  | 'currency'
  | 'double'
  | 'int'
  | 'percent'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'reference'
  | 'phone'
  | 'url'
  | 'email';

export interface FieldDef {
  readonly name: string;
  readonly label: string;
  readonly type: SfType;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly values?: readonly string[];
  /** Only the listed values may be saved. */
  readonly restricted?: boolean;
  /** The value of a new record that names none. */
  readonly defaultValue?: string;
  /** Values that an administrator deactivated. */
  readonly retired?: readonly string[];
  readonly referenceTo?: string;
  /** The name of the parent in a field path: `Account` for `AccountId`, `Partner__r` for `Partner__c`. */
  readonly relationshipName?: string;
  /** The name of this list of children on the parent. */
  readonly childName?: string;
  readonly required?: boolean;
  /** Salesforce fills it; clients may not. */
  readonly readOnly?: boolean;
  readonly unique?: boolean;
  readonly externalId?: boolean;
  readonly custom?: boolean;
  /**
   * A custom field that everybody's profile shows, as one made in Setup usually is; others are seen by
   * permission set only.
   */
  readonly inProfiles?: boolean;
  /** `REG-{00000}`: numbered by the org. */
  readonly displayFormat?: string;
  readonly help?: string;
}

export interface ObjectDef {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string;
  readonly custom: boolean;
  readonly fields: readonly FieldDef[];
  /** Missing in the whole schema, which allows everything. */
  readonly creatable?: boolean;
  readonly editable?: boolean;
}

/** What one user may see and change. */
export interface Access {
  /** The object with the fields that the user sees; null when it is hidden. */
  readonly seenObject: (object: ObjectDef) => ObjectDef | null;
  /** True when sharing shows the user this record. */
  readonly seesRecord: (object: ObjectDef, row: Row) => boolean;
  /** True when sharing lets the user change this record. */
  readonly changesRecord: (object: ObjectDef, row: Row) => boolean;
}

interface Entry {
  readonly def: ObjectDef;
  readonly fields: ReadonlyMap<string, FieldDef>;
  readonly parents: ReadonlyMap<string, FieldDef>;
}

/** The org's objects as one user sees them, with the records that sharing shows that user. */
export class Schema {
  readonly #entries = new Map<string, Entry>();
  readonly #access: Access | null;

  /** @param access null sees everything. */
  constructor(objects: readonly ObjectDef[], access: Access | null) {
    this.#access = access;
    for (const object of objects) {
      const def = access ? access.seenObject(object) : object;
      if (!def) continue;
      this.#entries.set(object.name.toLowerCase(), {
        def,
        fields: new Map(def.fields.map((field) => [field.name.toLowerCase(), field])),
        parents: new Map(
          def.fields
            .filter((field) => field.relationshipName)
            .map((field) => [String(field.relationshipName).toLowerCase(), field]),
        ),
      });
    }
  }

  sees(object: ObjectDef, row: Row): boolean {
    return this.#access === null || this.#access.seesRecord(object, row);
  }

  changes(object: ObjectDef, row: Row): boolean {
    return this.#access === null || this.#access.changesRecord(object, row);
  }

  objects(): ObjectDef[] {
    return [...this.#entries.values()].map((entry) => entry.def);
  }

  object(name: string): ObjectDef | null {
    return this.#entries.get(name.toLowerCase())?.def ?? null;
  }

  field(object: ObjectDef, name: string): FieldDef | null {
    return this.#entries.get(object.name.toLowerCase())?.fields.get(name.toLowerCase()) ?? null;
  }

  /** The reference field behind a parent's name in a field path. */
  parent(object: ObjectDef, relationshipName: string): FieldDef | null {
    return this.#entries.get(object.name.toLowerCase())?.parents.get(relationshipName.toLowerCase()) ?? null;
  }
}
