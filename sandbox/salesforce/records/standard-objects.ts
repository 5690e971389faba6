import type { FieldDef, ObjectDef, SfType } from './schema.ts';

const field = (name: string, label: string, type: SfType, extra: Partial<FieldDef> = {}): FieldDef => ({
  name,
  label,
  type,
  ...extra,
});
const text = (name: string, label: string, length: number, extra: Partial<FieldDef> = {}): FieldDef =>
  field(name, label, 'string', { length, ...extra });
const picklist = (
  name: string,
  label: string,
  values: readonly string[],
  extra: Partial<FieldDef> = {},
): FieldDef => field(name, label, 'picklist', { length: 255, values, ...extra });
const lookup = (
  name: string,
  label: string,
  referenceTo: string,
  relationshipName: string,
  extra: Partial<FieldDef> = {},
): FieldDef => field(name, label, 'reference', { referenceTo, relationshipName, ...extra });
const money = (name: string, label: string): FieldDef =>
  field(name, label, 'currency', { precision: 18, scale: 2 });

/** The fields every record has. The profile of the org decides about the currency. */
export function systemFields(): FieldDef[] {
  const readOnly = { readOnly: true };
  return [
    field('Id', 'Record ID', 'id', readOnly),
    field('IsDeleted', 'Deleted', 'boolean', readOnly),
    picklist('CurrencyIsoCode', 'Currency', [], { length: 3, restricted: true }),
    field('CreatedDate', 'Created Date', 'datetime', readOnly),
    lookup('CreatedById', 'Created By ID', 'User', 'CreatedBy', readOnly),
    field('LastModifiedDate', 'Last Modified Date', 'datetime', readOnly),
    lookup('LastModifiedById', 'Last Modified By ID', 'User', 'LastModifiedBy', readOnly),
    field('SystemModstamp', 'System Modstamp', 'datetime', readOnly),
  ];
}

export const owner: FieldDef = lookup('OwnerId', 'Owner ID', 'User', 'Owner');

/** Only where the object has record types. */
const recordType: FieldDef = lookup('RecordTypeId', 'Record Type ID', 'RecordType', 'RecordType');

/** Each stage with what it says of a deal. */
export const stages: Readonly<Record<string, { readonly closed: boolean; readonly won: boolean }>> = {
  Prospecting: { closed: false, won: false },
  Qualification: { closed: false, won: false },
  'Needs Analysis': { closed: false, won: false },
  'Value Proposition': { closed: false, won: false },
  'Proposal/Price Quote': { closed: false, won: false },
  'Negotiation/Review': { closed: false, won: false },
  'Closed Won': { closed: true, won: true },
  'Closed Lost': { closed: true, won: false },
};

const leadStatuses = [
  'Open - Not Contacted',
  'Working - Contacted',
  'Closed - Converted',
  'Closed - Not Converted',
];

/** Labels that differ from the API name. */
const labels: Readonly<Record<string, string>> = {
  Product2: 'Product',
  OpportunityLineItem: 'Opportunity Product',
};

function standard(
  name: string,
  labelPlural: string,
  keyPrefix: string,
  fields: readonly FieldDef[],
): ObjectDef {
  return {
    name,
    label: labels[name] ?? name.replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
    labelPlural,
    keyPrefix,
    custom: false,
    fields: [...systemFields(), ...fields],
  };
}

const account = standard('Account', 'Accounts', '001', [
  text('Name', 'Account Name', 255, { required: true }),
  picklist('Type', 'Account Type', []),
  lookup('ParentId', 'Parent Account ID', 'Account', 'Parent', { childName: 'ChildAccounts' }),
  lookup('MasterRecordId', 'Master Record ID', 'Account', 'MasterRecord', { readOnly: true }),
  text('BillingStreet', 'Billing Street', 255),
  text('BillingCity', 'Billing City', 40),
  text('BillingState', 'Billing State/Province', 80),
  text('BillingPostalCode', 'Billing Zip/Postal Code', 20),
  text('BillingCountry', 'Billing Country', 80),
  text('BillingCountryCode', 'Billing Country Code', 10),
  field('Phone', 'Account Phone', 'phone', { length: 40 }),
  text('AccountNumber', 'Account Number', 40),
  text('Tradestyle', 'Tradestyle', 255),
  text('DunsNumber', 'D-U-N-S Number', 9),
  field('Website', 'Website', 'url', { length: 255 }),
  picklist('Industry', 'Industry', [
    'Agriculture',
    'Banking',
    'Education',
    'Energy',
    'Government',
    'Healthcare',
    'Manufacturing',
    'Retail',
    'Technology',
    'Transportation',
    'Other',
  ]),
  field('NumberOfEmployees', 'Employees', 'int', { precision: 8 }),
  field('Description', 'Account Description', 'textarea', { length: 32000 }),
  // These four only where accounts may be persons.
  field('IsPersonAccount', 'Is Person Account', 'boolean', { readOnly: true }),
  text('FirstName', 'First Name', 40),
  text('LastName', 'Last Name', 80),
  field('PersonEmail', 'Email', 'email', { length: 80 }),
  recordType,
  owner,
]);

const contact = standard('Contact', 'Contacts', '003', [
  lookup('AccountId', 'Account ID', 'Account', 'Account', { childName: 'Contacts' }),
  lookup('MasterRecordId', 'Master Record ID', 'Contact', 'MasterRecord', { readOnly: true }),
  text('FirstName', 'First Name', 40),
  text('LastName', 'Last Name', 80, { required: true }),
  text('Name', 'Full Name', 121, { readOnly: true }),
  field('Email', 'Email', 'email', { length: 80 }),
  field('Phone', 'Business Phone', 'phone', { length: 40 }),
  text('Title', 'Title', 128),
  owner,
]);

const opportunity = standard('Opportunity', 'Opportunities', '006', [
  lookup('AccountId', 'Account ID', 'Account', 'Account', { childName: 'Opportunities' }),
  text('Name', 'Name', 120, { required: true }),
  field('Description', 'Description', 'textarea', { length: 32000 }),
  picklist('StageName', 'Stage', Object.keys(stages), { required: true }),
  money('Amount', 'Amount'),
  field('Probability', 'Probability (%)', 'percent', { precision: 3, scale: 0 }),
  field('CloseDate', 'Close Date', 'date', { required: true }),
  picklist('Type', 'Opportunity Type', ['New Business', 'Existing Business', 'Renewal']),
  text('NextStep', 'Next Step', 255),
  picklist('LeadSource', 'Lead Source', [
    'Web',
    'Phone Inquiry',
    'Partner Referral',
    'Purchased List',
    'Other',
  ]),
  field('IsClosed', 'Closed', 'boolean', { readOnly: true }),
  field('IsWon', 'Won', 'boolean', { readOnly: true }),
  recordType,
  owner,
]);

const lead = standard('Lead', 'Leads', '00Q', [
  lookup('MasterRecordId', 'Master Record ID', 'Lead', 'MasterRecord', { readOnly: true }),
  text('FirstName', 'First Name', 40),
  text('LastName', 'Last Name', 80, { required: true }),
  text('Name', 'Full Name', 121, { readOnly: true }),
  text('Company', 'Company', 255, { required: true }),
  field('Website', 'Website', 'url', { length: 255 }),
  field('Email', 'Email', 'email', { length: 80 }),
  text('Country', 'Country', 80),
  picklist('LeadSource', 'Lead Source', [
    'Web',
    'Phone Inquiry',
    'Partner Referral',
    'Purchased List',
    'Other',
  ]),
  picklist('Status', 'Lead Status', leadStatuses, { required: true }),
  field('IsConverted', 'Converted', 'boolean', { readOnly: true }),
  field('ConvertedDate', 'Converted Date', 'date', { readOnly: true }),
  lookup('ConvertedAccountId', 'Converted Account ID', 'Account', 'ConvertedAccount', { readOnly: true }),
  lookup('ConvertedOpportunityId', 'Converted Opportunity ID', 'Opportunity', 'ConvertedOpportunity', {
    readOnly: true,
  }),
  owner,
]);

const product = standard('Product2', 'Products', '01t', [
  text('Name', 'Product Name', 255, { required: true }),
  text('ProductCode', 'Product Code', 255),
  picklist('Family', 'Product Family', []),
  field('IsActive', 'Active', 'boolean'),
  field('Description', 'Product Description', 'textarea', { length: 4000 }),
]);

/** A price book is left out: a line names its product itself. */
const opportunityLine = standard('OpportunityLineItem', 'Opportunity Products', '00k', [
  lookup('OpportunityId', 'Opportunity ID', 'Opportunity', 'Opportunity', {
    required: true,
    childName: 'OpportunityLineItems',
  }),
  lookup('Product2Id', 'Product ID', 'Product2', 'Product2', { childName: 'OpportunityLineItems' }),
  text('Name', 'Opportunity Product Name', 376, { readOnly: true }),
  text('ProductCode', 'Product Code', 255, { readOnly: true }),
  field('Quantity', 'Quantity', 'double', { precision: 12, scale: 2, required: true }),
  money('UnitPrice', 'Sales Price'),
  field('Discount', 'Discount', 'percent', { precision: 5, scale: 2 }),
  field('TotalPrice', 'Total Price', 'currency', { precision: 18, scale: 2, readOnly: true }),
  field('ServiceDate', 'Date', 'date'),
]);

const user = standard('User', 'Users', '005', [
  text('Username', 'Username', 80, { required: true }),
  text('FirstName', 'First Name', 40),
  text('LastName', 'Last Name', 80, { required: true }),
  text('Name', 'Full Name', 121, { readOnly: true }),
  field('Email', 'Email', 'email', { length: 128 }),
  field('IsActive', 'Active', 'boolean'),
  text('UserType', 'User Type', 40, { defaultValue: 'Standard', readOnly: true }),
]);

const organization = standard('Organization', 'Organizations', '00D', [
  text('Name', 'Name', 80, { required: true }),
  text('OrganizationType', 'Edition', 40, { readOnly: true }),
  text('TimeZoneSidKey', 'Time Zone', 40, { readOnly: true }),
  field('IsSandbox', 'Is Sandbox', 'boolean', { readOnly: true }),
]);

const permissionSet = standard('PermissionSet', 'Permission Sets', '0PS', [
  text('Name', 'Permission Set Name', 80, { required: true }),
  text('Label', 'Permission Set Label', 80, { required: true }),
  field('PermissionsCreateAuditFields', 'Set Audit Fields upon Record Creation', 'boolean'),
]);

const permissionSetAssignment = standard('PermissionSetAssignment', 'Permission Set Assignments', '0Pa', [
  lookup('PermissionSetId', 'PermissionSet ID', 'PermissionSet', 'PermissionSet', {
    required: true,
    childName: 'Assignments',
  }),
  lookup('AssigneeId', 'Assignee ID', 'User', 'Assignee', {
    required: true,
    childName: 'PermissionSetAssignments',
  }),
]);

const recordTypeObject = standard('RecordType', 'Record Types', '012', [
  text('Name', 'Name', 80, { readOnly: true }),
  text('DeveloperName', 'Record Type Name', 80, { readOnly: true }),
  text('SobjectType', 'SObject Type Name', 40, { readOnly: true }),
  field('IsActive', 'Active', 'boolean', { readOnly: true }),
]);

/** Only where several currencies are on. */
const currencyType = standard('CurrencyType', 'Currency Types', '01L', [
  text('IsoCode', 'Currency ISO Code', 3, { readOnly: true }),
  field('ConversionRate', 'Conversion Rate', 'double', { precision: 18, scale: 6, readOnly: true }),
  field('DecimalPlaces', 'Decimal Places', 'int', { precision: 1, readOnly: true }),
  field('IsActive', 'Active', 'boolean', { readOnly: true }),
  field('IsCorporate', 'Corporate Currency', 'boolean', { readOnly: true }),
]);

export const standardObjects: readonly ObjectDef[] = [
  account,
  contact,
  opportunity,
  lead,
  product,
  opportunityLine,
  user,
  organization,
  permissionSet,
  permissionSetAssignment,
  currencyType,
  recordTypeObject,
];
