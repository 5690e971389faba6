import { XMLParser } from 'fast-xml-parser';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { toPackage, toSource, toZip } from '#connectors/salesforce/schema/metadata.ts';
import type { CrmField, CrmFieldType, CrmObject } from '#src/domain/crm-schema.ts';

const field = (name: string, type: CrmFieldType, more: Partial<CrmField> = {}): CrmField => ({
  name,
  label: `The ${name}`,
  help: `Help for ${name}.`,
  type,
  writtenBy: 'fairway',
  ...more,
});
const account: CrmObject = {
  kind: 'account',
  custom: false,
  label: 'Account',
  pluralLabel: 'Accounts',
  fields: [field('tier', 'text')],
};
const payout: CrmObject = {
  kind: 'payout',
  custom: true,
  label: 'Partner payout',
  pluralLabel: 'Partner payouts',
  fields: [
    field('key', 'text', { length: 120, key: true, required: true }),
    field('note', 'longText'),
    field('reason', 'longText', { length: 500 }),
    field('lines', 'number'),
    field('amount', 'money'),
    field('paidOn', 'date'),
    field('paidAt', 'datetime'),
    field('status', 'picklist', { values: ['in_review', 'paid'] }),
    field('partner', 'reference', { referenceTo: 'account' }),
  ],
};
const xml = new XMLParser({ ignoreAttributes: false, parseTagValue: false });
const parsed = (text = ''): unknown => xml.parse(text);
const declaration = { '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' } };
const namespace = { '@_xmlns': 'http://soap.sforce.com/2006/04/metadata' };
const described = (name: string, from: string) => ({
  fullName: name,
  inlineHelpText: `Help for ${from}.`,
  label: `The ${from}`,
});
const tier = { ...described('Fairway_Tier__c', 'tier'), length: '255', type: 'Text' };
const payoutObject = {
  deploymentStatus: 'Deployed',
  enableActivities: 'true',
  enableHistory: 'true',
  enableReports: 'true',
  enableSearch: 'true',
  label: 'Partner payout',
  nameField: { displayFormat: 'PAY-{000000}', label: 'Partner payout record', type: 'AutoNumber' },
  pluralLabel: 'Partner payouts',
  sharingModel: 'ReadWrite',
};
const payoutFields = [
  {
    ...described('Key__c', 'key'),
    caseSensitive: 'false',
    externalId: 'true',
    length: '120',
    type: 'Text',
    required: 'true',
    unique: 'true',
  },
  { ...described('Note__c', 'note'), length: '32000', type: 'LongTextArea', visibleLines: '4' },
  { ...described('Reason__c', 'reason'), length: '500', type: 'LongTextArea', visibleLines: '4' },
  { ...described('Lines__c', 'lines'), precision: '18', scale: '2', type: 'Number' },
  { ...described('Amount__c', 'amount'), precision: '18', scale: '3', type: 'Currency' },
  { ...described('Paid_On__c', 'paidOn'), type: 'Date' },
  { ...described('Paid_At__c', 'paidAt'), type: 'DateTime' },
  {
    ...described('Status__c', 'status'),
    type: 'Picklist',
    valueSet: {
      restricted: 'true',
      valueSetDefinition: {
        sorted: 'false',
        value: [
          { fullName: 'in_review', default: 'false', label: 'In review' },
          { fullName: 'paid', default: 'false', label: 'Paid' },
        ],
      },
    },
  },
  {
    ...described('Partner__c', 'partner'),
    deleteConstraint: 'SetNull',
    referenceTo: 'Account',
    relationshipLabel: 'Partner payouts',
    relationshipName: 'Fairway_Partner_payouts',
    type: 'Lookup',
  },
];
const fieldNames = [
  'Key',
  'Note',
  'Reason',
  'Lines',
  'Amount',
  'Paid_On',
  'Paid_At',
  'Status',
  'Partner',
].map((name) => `Fairway_Payout__c.${name}__c`);
const members = 'platformEventChannelMembers';

describe('the package to deploy', () => {
  const files = toPackage([account, payout], '67.0');

  test('has one file for each object, permission set and channel, and a manifest', () => {
    expect(Object.keys(files)).toEqual([
      'objects/Account.object',
      'objects/Fairway_Payout__c.object',
      'permissionsets/Fairway_Integration.permissionset',
      'permissionsets/Fairway_Read_Only.permissionset',
      'permissionsets/Fairway_Internal.permissionset',
      'permissionsets/Fairway_Partner.permissionset',
      `${members}/ChangeEvents_AccountChangeEvent.platformEventChannelMember`,
      `${members}/ChangeEvents_Fairway_Payout_ChangeEvent.platformEventChannelMember`,
      'package.xml',
    ]);
    expect(Object.keys(unzipSync(toZip(files)))).toEqual(Object.keys(files));
    expect(files['objects/Account.object']?.split('\n').slice(0, 3)).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">',
      '    <fields>',
    ]);
  });

  test('describes each object and each field', () => {
    expect(parsed(files['objects/Account.object'])).toEqual({
      ...declaration,
      CustomObject: { ...namespace, fields: tier },
    });
    expect(parsed(files['objects/Fairway_Payout__c.object'])).toEqual({
      ...declaration,
      CustomObject: { ...namespace, fields: payoutFields, ...payoutObject },
    });
  });

  test('permits every field but the required one, reads the standard fields, and has all rights only on Fairway’s objects', () => {
    const permission = (name: string) => ({ editable: 'true', field: name, readable: 'true' });
    const standard = [
      ...['BillingAddress', 'Phone', 'Type', 'Website'].map((name) => `Account.${name}`),
      ...['Address', 'Email', 'Website'].map((name) => `Lead.${name}`),
    ].map((name) => ({ editable: 'false', field: name, readable: 'true' }));
    const object = (name: string, allRights: string) => ({
      allowCreate: allRights,
      allowDelete: allRights,
      allowEdit: 'true',
      allowRead: 'true',
      modifyAllRecords: allRights,
      object: name,
      viewAllRecords: 'true',
    });
    expect(parsed(files['permissionsets/Fairway_Integration.permissionset'])).toEqual({
      ...declaration,
      PermissionSet: {
        ...namespace,
        description: 'Lets the Fairway integration user read and write the fields Fairway installed.',
        fieldPermissions: [
          ...['Account.Fairway_Tier__c', ...fieldNames.slice(1)].map(permission),
          ...standard,
        ],
        hasActivationRequired: 'false',
        label: 'Fairway integration',
        objectPermissions: [
          object('Account', 'false'),
          object('Fairway_Payout__c', 'true'),
          { ...object('Lead', 'false'), allowEdit: 'false' },
        ],
      },
    });
  });

  test('selects the change events of each object', () => {
    expect(
      parsed(files[`${members}/ChangeEvents_Fairway_Payout_ChangeEvent.platformEventChannelMember`]),
    ).toEqual({
      ...declaration,
      PlatformEventChannelMember: {
        ...namespace,
        eventChannel: 'ChangeEvents',
        selectedEntity: 'Fairway_Payout__ChangeEvent',
      },
    });
  });

  test('lists its parts in the manifest, and leaves out kinds without a part', () => {
    const manifest = (types: readonly object[]) => ({
      ...declaration,
      Package: { ...namespace, types: types.length === 1 ? types[0] : types, version: '67.0' },
    });
    const permissionSet = {
      members: ['Fairway_Integration', 'Fairway_Read_Only', 'Fairway_Internal', 'Fairway_Partner'],
      name: 'PermissionSet',
    };
    expect(parsed(files['package.xml'])).toEqual(
      manifest([
        { members: 'Fairway_Payout__c', name: 'CustomObject' },
        { members: ['Account.Fairway_Tier__c', ...fieldNames], name: 'CustomField' },
        permissionSet,
        {
          members: ['ChangeEvents_AccountChangeEvent', 'ChangeEvents_Fairway_Payout_ChangeEvent'],
          name: 'PlatformEventChannelMember',
        },
      ]),
    );
    expect(parsed(toPackage([account, payout], '67.0', () => false)['package.xml'])).toEqual(
      manifest([permissionSet]),
    );
  });

  test('has an object without new fields, and fields of an object that exists', () => {
    const objectOnly = toPackage([payout], '67.0', (name) => name === 'Fairway_Payout__c');
    expect(parsed(objectOnly['objects/Fairway_Payout__c.object'])).toEqual({
      ...declaration,
      CustomObject: { ...namespace, ...payoutObject },
    });
    const fieldOnly = toPackage([payout], '67.0', (name) => name === 'Fairway_Payout__c.Paid_On__c');
    expect(parsed(fieldOnly['objects/Fairway_Payout__c.object'])).toEqual({
      ...declaration,
      CustomObject: { ...namespace, fields: payoutFields[5] },
    });
    expect(Object.keys(toPackage([account], '67.0', (name) => name === 'Account'))).not.toContain(
      'objects/Account.object',
    );
  });

  test('refuses a reference that points at nothing', () => {
    const broken = { ...payout, fields: [field('partner', 'reference')] };
    expect(() => toPackage([broken], '67.0')).toThrow('payout.partner has no object to point at');
  });
});

describe('the source project', () => {
  test('has the same parts, one in each file, in the folders of Salesforce’s command line', () => {
    const files = toSource([account, payout], '67.0');
    const root = 'force-app/main/default';
    expect(Object.keys(files)).toEqual([
      'sfdx-project.json',
      `${root}/objects/Account/fields/Fairway_Tier__c.field-meta.xml`,
      `${root}/${members}/ChangeEvents_AccountChangeEvent.platformEventChannelMember-meta.xml`,
      `${root}/objects/Fairway_Payout__c/Fairway_Payout__c.object-meta.xml`,
      ...fieldNames.map(
        (name) => `${root}/objects/Fairway_Payout__c/fields/${name.split('.')[1]}.field-meta.xml`,
      ),
      `${root}/${members}/ChangeEvents_Fairway_Payout_ChangeEvent.platformEventChannelMember-meta.xml`,
      `${root}/permissionsets/Fairway_Integration.permissionset-meta.xml`,
      `${root}/permissionsets/Fairway_Read_Only.permissionset-meta.xml`,
      `${root}/permissionsets/Fairway_Internal.permissionset-meta.xml`,
      `${root}/permissionsets/Fairway_Partner.permissionset-meta.xml`,
    ]);
    expect(files['sfdx-project.json']).toBe(
      `${JSON.stringify({ packageDirectories: [{ path: 'force-app', default: true }], namespace: '', sourceApiVersion: '67.0' }, null, 2)}\n`,
    );
    expect(parsed(files[`${root}/objects/Account/fields/Fairway_Tier__c.field-meta.xml`])).toEqual({
      ...declaration,
      CustomField: { ...namespace, ...tier },
    });
    expect(parsed(files[`${root}/objects/Fairway_Payout__c/Fairway_Payout__c.object-meta.xml`])).toEqual({
      ...declaration,
      CustomObject: { ...namespace, ...payoutObject },
    });
    expect(parsed(files[`${root}/permissionsets/Fairway_Integration.permissionset-meta.xml`])).toEqual(
      parsed(toPackage([account, payout], '67.0')['permissionsets/Fairway_Integration.permissionset']),
    );
  });
});
