import { owners } from '#sandbox/hubspot/owners.ts';
import type { ObjectType } from './object-types.ts';
import type { PropertyDefinition, PropertyOption, PropertyType } from './properties.ts';

/**
 * The standard objects, properties and associations of every account.
 */
type StandardType = Omit<ObjectType, 'createdAt' | 'updatedAt' | 'fullyQualifiedName'>;

const standardType = (
  objectTypeId: string,
  name: string,
  plural: string,
  primaryDisplayProperty: string,
  searchableProperties: readonly string[],
): StandardType => ({
  objectTypeId,
  name,
  plural,
  labels: { singular: capital(name).replace('_', ' '), plural: capital(plural).replace('_', ' ') },
  custom: false,
  primaryDisplayProperty,
  requiredProperties: [],
  searchableProperties,
  createdProperty: name === 'lead' ? 'hs_createdate' : 'createdate',
  modifiedProperty: name === 'contact' ? 'lastmodifieddate' : 'hs_lastmodifieddate',
});

export const standardTypes: readonly StandardType[] = [
  standardType('0-1', 'contact', 'contacts', 'email', ['firstname', 'lastname', 'email', 'phone']),
  standardType('0-2', 'company', 'companies', 'name', ['name', 'domain', 'phone']),
  standardType('0-3', 'deal', 'deals', 'dealname', ['dealname', 'dealstage', 'pipeline']),
  standardType('0-7', 'product', 'products', 'name', ['name', 'hs_sku', 'description']),
  standardType('0-8', 'line_item', 'line_items', 'name', ['name', 'hs_sku']),
  standardType('0-136', 'lead', 'leads', 'hs_lead_name', ['hs_lead_name']),
];

/** The stages of the standard pipeline of leads. */
const leadStages: readonly PropertyOption[] = [
  { value: 'new-stage-id', label: 'New' },
  { value: 'attempting-stage-id', label: 'Attempting' },
  { value: 'connected-stage-id', label: 'Connected' },
  { value: 'qualified-stage-id', label: 'Qualified' },
  { value: 'unqualified-stage-id', label: 'Unqualified' },
];

export const dealStages: readonly PropertyOption[] = [
  { value: 'appointmentscheduled', label: 'Appointment scheduled' },
  { value: 'qualifiedtobuy', label: 'Qualified to buy' },
  { value: 'presentationscheduled', label: 'Presentation scheduled' },
  { value: 'decisionmakerboughtin', label: 'Decision maker bought-in' },
  { value: 'contractsent', label: 'Contract sent' },
  { value: 'closedwon', label: 'Closed won' },
  { value: 'closedlost', label: 'Closed lost' },
];

const companyTypes: readonly PropertyOption[] = ['PROSPECT', 'PARTNER', 'RESELLER', 'VENDOR', 'OTHER'].map(
  (value) => ({
    value,
    label: capital(value.toLowerCase()),
  }),
);
const productTypes: readonly PropertyOption[] = ['inventory', 'non_inventory', 'service'].map((value) => ({
  value,
  label: capital(value).replace('_', '-'),
}));

/** The values come from the account's owners; a real account lists none of them in the property. */
const ownerOptions: readonly PropertyOption[] = owners.map(({ id, firstName, lastName }) => ({
  value: id,
  label: `${firstName} ${lastName}`,
}));

export type StandardProperty = Pick<
  PropertyDefinition,
  'name' | 'label' | 'type' | 'fieldType' | 'options' | 'hasUniqueValue' | 'readOnly'
>;

const property = (
  name: string,
  label: string,
  type: PropertyType = 'string',
  more: Partial<StandardProperty> = {},
): StandardProperty => ({
  name,
  label,
  type,
  fieldType:
    type === 'string'
      ? 'text'
      : type === 'enumeration'
        ? 'select'
        : type === 'datetime'
          ? 'date'
          : type === 'bool'
            ? 'booleancheckbox'
            : type,
  options: [],
  hasUniqueValue: false,
  readOnly: false,
  ...more,
});
const readOnly = { readOnly: true } as const;

/** Set by HubSpot on every record of every type. */
export function stampProperties(
  type: Pick<ObjectType, 'createdProperty' | 'modifiedProperty'>,
): readonly StandardProperty[] {
  return [
    property('hs_object_id', 'Record ID', 'number', readOnly),
    property(type.createdProperty, 'Create date', 'datetime', {
      readOnly: type.createdProperty !== 'createdate',
    }),
    property(type.modifiedProperty, 'Last modified date', 'datetime', readOnly),
    property('hs_merged_object_ids', 'Merged record IDs', 'string', readOnly),
  ];
}

export const standardProperties: Readonly<Record<string, readonly StandardProperty[]>> = {
  '0-1': [
    property('email', 'Email', 'string', { hasUniqueValue: true }),
    property('firstname', 'First name'),
    property('lastname', 'Last name'),
    property('phone', 'Phone number'),
    property('jobtitle', 'Job title'),
  ],
  '0-2': [
    property('name', 'Company name'),
    property('domain', 'Company domain name'),
    property('type', 'Type', 'enumeration', { options: companyTypes }),
    property('country', 'Country/Region'),
    property('hs_country_code', 'Country/Region code'),
    property('address', 'Street address'),
    property('city', 'City'),
    property('state', 'State/Region'),
    property('zip', 'Postal code'),
    property('phone', 'Phone number'),
    property('hubspot_owner_id', 'Company owner', 'enumeration', { options: ownerOptions }),
  ],
  '0-3': [
    property('dealname', 'Deal name'),
    property('pipeline', 'Pipeline', 'enumeration', {
      options: [{ value: 'default', label: 'Sales pipeline' }],
    }),
    property('dealstage', 'Deal stage', 'enumeration', { options: dealStages }),
    property('amount', 'Amount', 'number'),
    property('deal_currency_code', 'Currency', 'enumeration'),
    property('closedate', 'Close date', 'datetime'),
    property('closed_lost_reason', 'Closed Lost Reason'),
    property('hubspot_owner_id', 'Deal owner', 'enumeration', { options: ownerOptions }),
    property('hs_is_closed', 'Is deal closed?', 'bool', readOnly),
    property('hs_is_closed_won', 'Is closed won', 'bool', readOnly),
  ],
  '0-7': [
    property('name', 'Name'),
    property('hs_sku', 'SKU'),
    property('hs_product_type', 'Product type', 'enumeration', { options: productTypes }),
    property('description', 'Product description'),
    property('price', 'Unit price', 'number'),
  ],
  '0-136': [
    property('hs_lead_name', 'Lead name'),
    property('hs_pipeline_stage', 'Lead pipeline stage', 'enumeration', { options: leadStages }),
    property('hubspot_owner_id', 'Lead owner', 'enumeration', { options: ownerOptions }),
  ],
  '0-8': [
    property('name', 'Name'),
    property('hs_sku', 'SKU'),
    property('hs_product_id', 'Product ID', 'number'),
    property('quantity', 'Quantity', 'number'),
    property('price', 'Unit price', 'number'),
    property('amount', 'Net price', 'number', readOnly),
    property('hs_line_item_currency_code', 'Currency', 'enumeration'),
  ],
};

/**
 * HubSpot's own association types: [from, to, type id, label]. An unlabelled one exists for each direction of
 * each pair.
 */
export const standardAssociations: readonly (readonly [
  from: string,
  to: string,
  typeId: number,
  label: string | null,
])[] = [
  ['0-1', '0-2', 279, null],
  ['0-1', '0-2', 1, 'Primary'],
  ['0-2', '0-1', 280, null],
  ['0-2', '0-1', 2, 'Primary'],
  ['0-1', '0-3', 4, null],
  ['0-3', '0-1', 3, null],
  ['0-3', '0-2', 341, null],
  ['0-3', '0-2', 5, 'Primary'],
  ['0-2', '0-3', 342, null],
  ['0-2', '0-3', 6, 'Primary'],
  ['0-136', '0-1', 578, null],
  ['0-1', '0-136', 579, null],
  ['0-136', '0-2', 610, null],
  ['0-2', '0-136', 611, null],
  ['0-136', '0-3', 583, null],
  ['0-3', '0-136', 584, null],
  ['0-3', '0-8', 19, null],
  ['0-8', '0-3', 20, null],
];

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
