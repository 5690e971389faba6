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
}

/** The user's access beyond the standard fields: sets of `Object` and `Object.Field`. */
export interface Grants {
  readonly readable: ReadonlySet<string>;
  readonly editable: ReadonlySet<string>;
}

interface Entry {
  readonly def: ObjectDef;
  readonly fields: ReadonlyMap<string, FieldDef>;
  readonly parents: ReadonlyMap<string, FieldDef>;
}

/**
 * The org's objects as one user sees them. A field deployed through the Metadata API is invisible to
 * everyone, an administrator included, until a permission set shows it; required fields are always visible.
 */
export class Schema {
  readonly #entries = new Map<string, Entry>();

  /** @param grants null sees everything. */
  constructor(objects: readonly ObjectDef[], grants: Grants | null) {
    for (const object of objects) {
      if (object.custom && grants && !grants.readable.has(object.name)) continue;
      const fields = grants ? object.fields.flatMap((field) => seenBy(grants, object, field)) : object.fields;
      this.#entries.set(object.name.toLowerCase(), {
        def: { ...object, fields },
        fields: new Map(fields.map((field) => [field.name.toLowerCase(), field])),
        parents: new Map(
          fields
            .filter((field) => field.relationshipName)
            .map((field) => [String(field.relationshipName).toLowerCase(), field]),
        ),
      });
    }
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

function seenBy(grants: Grants, object: ObjectDef, field: FieldDef): FieldDef[] {
  if (!field.custom || field.required || field.inProfiles) return [field];
  const key = `${object.name}.${field.name}`;
  if (!grants.readable.has(key)) return [];
  return [grants.editable.has(key) ? field : { ...field, readOnly: true }];
}
