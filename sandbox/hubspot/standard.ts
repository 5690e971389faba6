import type { ObjectType } from './object-types.ts';
import type { PropertyDefinition, PropertyOption, PropertyType } from './properties.ts';

/** What every account has before anybody adds to it: contacts, companies, deals, their properties and associations. */
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
  labels: { singular: capital(name), plural: capital(plural) },
  custom: false,
  primaryDisplayProperty,
  requiredProperties: [],
  searchableProperties,
  createdProperty: 'createdate',
  modifiedProperty: name === 'contact' ? 'lastmodifieddate' : 'hs_lastmodifieddate',
});

export const standardTypes: readonly StandardType[] = [
  standardType('0-1', 'contact', 'contacts', 'email', ['firstname', 'lastname', 'email', 'phone']),
  standardType('0-2', 'company', 'companies', 'name', ['name', 'domain', 'phone']),
  standardType('0-3', 'deal', 'deals', 'dealname', ['dealname', 'dealstage', 'pipeline']),
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

const companyTypes: readonly PropertyOption[] = ['PROSPECT', 'PARTNER', 'RESELLER', 'VENDOR', 'OTHER'].map((value) => ({
  value,
  label: capital(value.toLowerCase()),
}));
const currencies: readonly PropertyOption[] = [
  'USD',
  'EUR',
  'GBP',
  'CHF',
  'CAD',
  'AUD',
  'JPY',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'INR',
  'BRL',
  'SGD',
].map((value) => ({ value, label: value }));

type StandardProperty = Pick<PropertyDefinition, 'name' | 'label' | 'type' | 'fieldType' | 'options' | 'hasUniqueValue' | 'readOnly'>;

const property = (name: string, label: string, type: PropertyType = 'string', more: Partial<StandardProperty> = {}): StandardProperty => ({
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

/** Set by HubSpot on every record, whatever its type. */
export function stampProperties(type: Pick<ObjectType, 'createdProperty' | 'modifiedProperty'>): readonly StandardProperty[] {
  return [
    property('hs_object_id', 'Record ID', 'number', readOnly),
    property(type.createdProperty, 'Create date', 'datetime', { readOnly: type.createdProperty !== 'createdate' }),
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
  ],
  '0-2': [
    property('name', 'Company name'),
    property('domain', 'Company domain name'),
    property('type', 'Type', 'enumeration', { options: companyTypes }),
    property('country', 'Country/Region'),
    property('hs_country_code', 'Country/Region code'),
    property('city', 'City'),
    property('zip', 'Postal code'),
    property('phone', 'Phone number'),
  ],
  '0-3': [
    property('dealname', 'Deal name'),
    property('pipeline', 'Pipeline', 'enumeration', { options: [{ value: 'default', label: 'Sales pipeline' }] }),
    property('dealstage', 'Deal stage', 'enumeration', { options: dealStages }),
    property('amount', 'Amount', 'number'),
    property('deal_currency_code', 'Currency', 'enumeration', { options: currencies }),
    property('closedate', 'Close date', 'datetime'),
    property('hs_is_closed', 'Is deal closed?', 'bool', readOnly),
    property('hs_is_closed_won', 'Is closed won', 'bool', readOnly),
  ],
};

/** HubSpot's own association types: [from, to, type id, label]. An unlabelled one exists for each direction of each pair. */
export const standardAssociations: readonly (readonly [from: string, to: string, typeId: number, label: string | null])[] = [
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
];

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
