import type { Connection } from 'jsforce';
import { packageZip } from './org.ts';

const object = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">${body}</CustomObject>`;
const field = (name: string, type: string, rest = ''): string =>
  `<fields><fullName>${name}</fullName><label>${name.slice(0, -3).replaceAll('_', ' ')}</label><type>${type}</type>${rest}</fields>`;

/** A claim on a deal, as some other app would package it. */
export const dealPackage: Readonly<Record<string, string>> = {
  'package.xml': `<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types><members>Claim__c</members><members>Account</members><name>CustomObject</name></types><types><members>Claims</members><name>PermissionSet</name></types><version>67.0</version></Package>`,
  'objects/Claim__c.object': object(`
    <label>Claim</label><pluralLabel>Claims</pluralLabel><deploymentStatus>Deployed</deploymentStatus><sharingModel>ReadWrite</sharingModel>
    <nameField><label>Claim</label><type>AutoNumber</type><displayFormat>C-{0000}</displayFormat></nameField>
    ${field('Key__c', 'Text', '<length>40</length><required>true</required><unique>true</unique><externalId>true</externalId>')}
    ${field('Status__c', 'Picklist', '<valueSet><restricted>true</restricted><valueSetDefinition><value><fullName>open</fullName><label>Open</label></value><value><fullName>closed</fullName><label>Closed</label></value></valueSetDefinition></valueSet>')}
    ${field('Amount__c', 'Currency', '<precision>18</precision><scale>2</scale>')}
    ${field('Due__c', 'Date')}${field('Seen_At__c', 'DateTime')}
    ${field('Notes__c', 'LongTextArea', '<length>32000</length><visibleLines>4</visibleLines>')}
    ${field('Account__c', 'Lookup', '<referenceTo>Account</referenceTo><relationshipName>Claims</relationshipName>')}`),
  'objects/Account.object': object(field('Rating__c', 'Text', '<length>10</length>')),
  'permissionsets/Claims.permissionset': `<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata"><label>Claims</label>
    ${['Status__c', 'Amount__c', 'Due__c', 'Seen_At__c', 'Notes__c', 'Account__c'].map((name) => `<fieldPermissions><field>Claim__c.${name}</field><readable>true</readable><editable>true</editable></fieldPermissions>`).join('')}
    <fieldPermissions><field>Account.Rating__c</field><readable>true</readable><editable>true</editable></fieldPermissions>
    <objectPermissions><object>Claim__c</object><allowRead>true</allowRead><allowCreate>true</allowCreate><allowEdit>true</allowEdit><allowDelete>true</allowDelete></objectPermissions></PermissionSet>`,
};

/** jsforce's locator would poll over SOAP; REST deployments are asked for by id. */
export async function deploy(connection: Connection, files: Readonly<Record<string, string>>) {
  const { id } = await connection.metadata.deployRest(packageZip(files), {
    singlePackage: true,
    rollbackOnError: true,
  });
  return connection.metadata.checkDeployStatus(id, true, true);
}

/** Shows the package's fields to the user who is signed in. */
export async function assignPermissionSet(connection: Connection): Promise<void> {
  const found = await connection.query<{ Id: string }>("SELECT Id FROM PermissionSet WHERE Name = 'Claims'");
  await connection
    .sobject('PermissionSetAssignment')
    .create({ PermissionSetId: found.records[0]?.Id ?? '', AssigneeId: connection.userInfo?.id ?? '' });
}
