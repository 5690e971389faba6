import type { CrmObject, CrmObjectKind } from '#src/domain/crm-schema.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

const objectNames: Readonly<Record<CanonicalKind, string | null>> = {
  account: 'Account',
  contact: 'Contact',
  product: 'Product2',
  opportunity: 'Opportunity',
  opportunity_line: 'OpportunityLineItem',
  lead: 'Lead',
  registration: 'Fairway_Registration__c',
  payout: 'Fairway_Payout__c',
  invoice: null,
};

/** For the integration user. */
export const permissionSetName = 'Fairway_Integration';
/** For employees. */
export const internalSetName = 'Fairway_Internal';
/** Sales reps see everything that Fairway shows on a record, and change nothing. */
export const readerSetName = 'Fairway_Read_Only';
/** For partner users and users of an Experience Cloud site. */
export const partnerSetName = 'Fairway_Partner';

/** Salesforce's object for a canonical kind. Null when Salesforce has none. */
export function objectNameOf(kind: CanonicalKind): string | null {
  return objectNames[kind];
}

/** People insert a decision and change it no more, so that `CreatedById` proves its author. */
export const decisionObjectName = 'Registration_Decision__c';

/** Salesforce's object for a kind of the CRM schema, which always exists. */
export function crmObjectName(kind: CrmObjectKind): string {
  if (kind === 'decision') return decisionObjectName;
  const name = objectNames[kind];
  if (name === null) throw new Error(`Salesforce has no object for ${kind}`);
  return name;
}

/** The name of an object's change events, e.g. `AccountChangeEvent` or `Fairway_Payout__ChangeEvent`. */
export const changeEventOf = (objectName: string): string =>
  objectName.endsWith('__c') ? objectName.replace(/__c$/, '__ChangeEvent') : `${objectName}ChangeEvent`;

/**
 * The metadata component that selects an object's change events for the standard channel. Setup uses the same
 * name.
 */
export const channelMemberOf = (objectName: string): string =>
  `ChangeEvents_${changeEventOf(objectName).replaceAll('__', '_')}`;

/** `customerName` becomes `Customer_Name`, the usual style of API names. */
function toApiName(camelCase: string): string {
  return (camelCase.charAt(0).toUpperCase() + camelCase.slice(1)).replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_');
}

/**
 * Fields on Salesforce's objects get the prefix `Fairway_`, as in `Fairway_Tier__c`. Fairway's own objects
 * need none, as in `Amount__c`.
 */
export function fieldNameOf(object: Pick<CrmObject, 'custom'>, field: string): string {
  return `${object.custom ? '' : 'Fairway_'}${toApiName(field)}__c`;
}
