import type { CrmField, CrmObject, CrmObjectKind } from '#src/domain/crm-schema.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

/** HubSpot's dated API. Its versions v1 to v3 end in September 2027. */
export const apiVersion = '2026-09';

const standardObjects = { account: 'companies', opportunity: 'deals' } as const;
const readObjects = {
  contact: 'contacts',
  product: 'products',
  opportunity_line: 'line_items',
  lead: 'leads',
} as const;

/** The name of a new custom object. After its creation it is addressed as `p_<name>` in every account. */
export const schemaName = (kind: CrmObjectKind): string => `fairway_${kind}`;

export function objectName(kind: CrmObjectKind): string {
  // Decisions are properties of the registration, which have a history with their authors.
  if (kind === 'decision') return objectName('registration');
  return kind === 'account' || kind === 'opportunity' ? standardObjects[kind] : `p_${schemaName(kind)}`;
}

/**
 * HubSpot's object for a canonical kind. Null when HubSpot has none. Contacts, products, line items and leads are
 * only read, so Fairway installs nothing on them.
 */
export function objectFor(kind: CanonicalKind): string | null {
  switch (kind) {
    case 'contact':
    case 'product':
    case 'opportunity_line':
    case 'lead':
      return readObjects[kind];
    case 'invoice':
      return null;
    case 'account':
    case 'opportunity':
    case 'registration':
    case 'payout':
      return objectName(kind);
  }
}

/**
 * Properties on HubSpot's standard objects get a prefix. Objects that Fairway created need none, because all
 * their properties are Fairway's.
 */
export const propertyName = (object: CrmObject, field: CrmField): string =>
  object.custom ? snake(field.name) : `fairway_${snake(field.name)}`;

const snake = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const associationPrefix = 'assoc:';

/**
 * HubSpot has no reference properties. A reference is an association, which the rest of Fairway sees as this
 * pseudo-field.
 */
export const associationField = (target: string): string => `${associationPrefix}${target}`;

/** The object that a pseudo-field points at. Null for a real property. */
export const associationTarget = (field: string): string | null =>
  field.startsWith(associationPrefix) ? field.slice(associationPrefix.length) : null;

/** Every object stamps its changes in the same property, except contacts. */
export const modifiedProperty = (object: string): string =>
  object === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';

/** The property of a survivor with the ids of the records that were merged into it. Every object has it. */
export const mergedIdsProperty = 'hs_merged_object_ids';

/** The type ids of standard objects, which are the same in every account. */
export const standardTypeIds: Readonly<Record<string, string>> = {
  contacts: '0-1',
  companies: '0-2',
  deals: '0-3',
  products: '0-7',
  line_items: '0-8',
  leads: '0-136',
};

export const objectPath = (object: string, rest = ''): string =>
  `/crm/objects/${apiVersion}/${encodeURIComponent(object)}${rest}`;
export const propertiesPath = (object: string, rest = ''): string =>
  `/crm/properties/${apiVersion}/${encodeURIComponent(object)}${rest}`;
export const validationsPath = (typeId: string): string =>
  `/crm/property-validations/${apiVersion}/${encodeURIComponent(typeId)}`;
export const associationsPath = (from: string, to: string, rest: string): string =>
  `/crm/associations/${apiVersion}/${encodeURIComponent(from)}/${encodeURIComponent(to)}/${rest}`;
export const schemasPath = (rest = ''): string => `/crm-object-schemas/${apiVersion}/schemas${rest}`;
export const ownersPath = `/crm/owners/${apiVersion}`;
export const accountPath = `/account-info/${apiVersion}/details`;
