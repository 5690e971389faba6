import type { CrmObject, CrmObjectKind } from '#src/domain/crm-schema.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

const objectNames: Readonly<Record<CanonicalKind, string | null>> = {
  account: 'Account',
  contact: 'Contact',
  product: 'Product2',
  opportunity: 'Opportunity',
  opportunity_line: 'OpportunityLineItem',
  registration: 'Fairway_Registration__c',
  payout: 'Fairway_Payout__c',
  invoice: null,
};

export const permissionSetName = 'Fairway_Integration';

/** The Salesforce object of a kind; null when Salesforce does not hold it. */
export function objectNameOf(kind: CanonicalKind): string | null {
  return objectNames[kind];
}

/** The Salesforce object of a kind of the CRM schema, which Salesforce always holds. */
export function crmObjectName(kind: CrmObjectKind): string {
  const name = objectNames[kind];
  if (name === null) throw new Error(`Salesforce has no object for ${kind}`);
  return name;
}

/**
 * The entity that changes of an object are told of under: `AccountChangeEvent`,
 * `Fairway_Payout__ChangeEvent`.
 */
export const changeEventOf = (objectName: string): string =>
  objectName.endsWith('__c') ? objectName.replace(/__c$/, '__ChangeEvent') : `${objectName}ChangeEvent`;

/**
 * The component that selects an object's change events for the standard channel, as Setup itself names it.
 */
export const channelMemberOf = (objectName: string): string =>
  `ChangeEvents_${changeEventOf(objectName).replaceAll('__', '_')}`;

/** customerName → Customer_Name, as administrators write API names. */
function toApiName(camelCase: string): string {
  return (camelCase.charAt(0).toUpperCase() + camelCase.slice(1)).replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_');
}

/**
 * On an object shared with others our fields carry our name: `Fairway_Tier__c`; on our own they need not:
 * `Amount__c`.
 */
export function fieldNameOf(object: Pick<CrmObject, 'custom'>, field: string): string {
  return `${object.custom ? '' : 'Fairway_'}${toApiName(field)}__c`;
}
