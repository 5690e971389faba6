import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { toPackage, toSource } from '#connectors/salesforce/schema/metadata.ts';
import { crmObjectName, fieldNameOf } from '#connectors/salesforce/schema/naming.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';

const parse = (text: string | undefined): unknown =>
  new XMLParser({ parseTagValue: false }).parse(text ?? '');
const fieldNames = crmSchema.flatMap((object) =>
  object.fields.map((field) => `${crmObjectName(object.kind)}.${fieldNameOf(object, field.name)}`),
);

describe('names', () => {
  it('have Fairway’s prefix on objects of Salesforce, and not on Fairway’s objects', () => {
    expect(fieldNameOf({ custom: false }, 'tierStanding')).toBe('Fairway_Tier_Standing__c');
    expect(fieldNameOf({ custom: true }, 'customerName')).toBe('Customer_Name__c');
    expect(fieldNameOf({ custom: true }, 'key')).toBe('Key__c');
  });

  it('stay within Salesforce’s 40 characters, and are unique in their object', () => {
    const names = fieldNames.map((name) => name.split('.')[1] ?? '');
    expect(names.every((name) => name.length <= 43)).toBe(true);
    expect(new Set(fieldNames).size).toBe(fieldNames.length);
  });
});

describe('the package', () => {
  const files = toPackage(crmSchema, '67.0');

  it('is well-formed, and its manifest lists exactly its contents', () => {
    for (const text of Object.values(files)) expect(XMLValidator.validate(text)).toBe(true);
    const { Package } = parse(files['package.xml']) as {
      Package: { types: { name: string; members: string | string[] }[]; version: string };
    };
    const members = new Map(Package.types.map((type) => [type.name, [type.members].flat()]));
    expect(members.get('CustomObject')).toEqual([
      'Fairway_Registration__c',
      'Registration_Decision__c',
      'Fairway_Payout__c',
    ]);
    expect(members.get('CustomField')?.toSorted()).toEqual(fieldNames.toSorted());
    expect(Package.version).toBe('67.0');
  });

  it('shows every field except required ones, for which Salesforce accepts no permission', () => {
    const { PermissionSet } = parse(files['permissionsets/Fairway_Integration.permissionset']) as {
      PermissionSet: { fieldPermissions: { field: string; editable: string }[] };
    };
    const shown = PermissionSet.fieldPermissions.map((permission) => permission.field);
    expect(fieldNames.filter((name) => !shown.includes(name))).toEqual([
      'Fairway_Registration__c.Number__c',
      'Fairway_Payout__c.Key__c',
    ]);
    const installed = PermissionSet.fieldPermissions.filter(({ field }) => field.endsWith('__c'));
    expect(installed.every((permission) => permission.editable === 'true')).toBe(true);
  });

  it('lets employees insert a decision and change none, and only the integration change one', () => {
    type Rights = Readonly<Record<string, string>>;
    const rightsIn = (set: string) => {
      const { PermissionSet } = parse(files[`permissionsets/${set}.permissionset`]) as {
        PermissionSet: { objectPermissions: Rights | Rights[] };
      };
      const found = [PermissionSet.objectPermissions]
        .flat()
        .find(({ object }) => object === 'Registration_Decision__c');
      return found && [found['allowCreate'], found['allowEdit'], found['allowDelete']].join(' ');
    };
    expect(rightsIn('Fairway_Internal')).toBe('true false false');
    expect(rightsIn('Fairway_Read_Only')).toBe('false false false');
    expect(rightsIn('Fairway_Integration')).toBe('true true true');
    expect(rightsIn('Fairway_Partner')).toBeUndefined();
  });

  it('lets only the integration create opportunities, with their account and amount', () => {
    type Rights = Readonly<Record<string, string>>;
    const mayCreate = (set: string) => {
      const { PermissionSet } = parse(files[`permissionsets/${set}.permissionset`]) as {
        PermissionSet: { objectPermissions: Rights | Rights[]; fieldPermissions: Rights[] };
      };
      const editable = PermissionSet.fieldPermissions
        .filter(
          ({ field, editable: may }) =>
            /^Opportunity\.(AccountId|Amount)$/.test(field ?? '') && may === 'true',
        )
        .map(({ field }) => field);
      const rights = [PermissionSet.objectPermissions].flat().find(({ object }) => object === 'Opportunity');
      return [rights?.['allowCreate'], ...editable];
    };
    expect(mayCreate('Fairway_Integration')).toEqual(['true', 'Opportunity.AccountId', 'Opportunity.Amount']);
    expect(mayCreate('Fairway_Internal')).toEqual(['false']);
    expect(mayCreate('Fairway_Read_Only')).toEqual(['false']);
  });

  it('has no internal field in the permission set for partners, and nothing of opportunities and payouts', () => {
    const { PermissionSet } = parse(files['permissionsets/Fairway_Partner.permissionset']) as {
      PermissionSet: {
        fieldPermissions: { field: string; editable: string }[];
        objectPermissions: { object: string };
      };
    };
    const shown = PermissionSet.fieldPermissions.map(({ field }) => field);
    expect(shown).toContain('Fairway_Registration__c.Conflict_Summary__c');
    expect(shown).not.toContain('Fairway_Registration__c.Internal_Conflict__c');
    expect(shown.filter((field) => !field.startsWith('Fairway_Registration__c.'))).toEqual([]);
    expect(PermissionSet.objectPermissions.object).toBe('Fairway_Registration__c');
    const editable = PermissionSet.fieldPermissions.filter((one) => one.editable === 'true');
    expect(editable.map(({ field }) => field)).not.toContain('Fairway_Registration__c.Status__c');
  });

  it('lets sales reps change no field, lets partner managers change what people fill in, and touches no layout', () => {
    const editableIn = (set: string): readonly string[] => {
      const { PermissionSet } = parse(files[`permissionsets/${set}.permissionset`]) as {
        PermissionSet: { fieldPermissions: { field: string; editable: string; readable: string }[] };
      };
      expect(PermissionSet.fieldPermissions.filter(({ readable }) => readable !== 'true')).toEqual([]);
      return PermissionSet.fieldPermissions.flatMap(({ field, editable }) =>
        editable === 'true' ? [field] : [],
      );
    };
    expect(editableIn('Fairway_Read_Only')).toEqual([]);
    const managers = editableIn('Fairway_Internal');
    expect(managers).toContain('Account.Fairway_Partner_Code__c');
    expect(managers).toContain('Account.Fairway_Territory__c');
    expect(managers).not.toContain('Account.Fairway_Tier__c');
    expect(managers).not.toContain('Fairway_Registration__c.Status__c');
    expect(Object.keys(files).filter((name) => /layout|flexipage/i.test(name))).toEqual([]);
  });

  it('makes the key of an upsert a required, unique external id', () => {
    const { CustomObject } = parse(files['objects/Fairway_Payout__c.object']) as {
      CustomObject: { fields: Record<string, string>[]; nameField: unknown };
    };
    expect(CustomObject.fields.find((field) => field['fullName'] === 'Key__c')).toMatchObject({
      type: 'Text',
      length: '120',
      unique: 'true',
      externalId: 'true',
      required: 'true',
    });
    expect(CustomObject.nameField).toMatchObject({ type: 'AutoNumber', displayFormat: 'PAY-{000000}' });
  });

  it('leaves out parts that are not selected, but never a permission', () => {
    const part = toPackage(crmSchema, '67.0', (name) => name === 'Account.Fairway_Tier__c');
    expect(Object.keys(part).toSorted()).toEqual([
      'objects/Account.object',
      'package.xml',
      'permissionsets/Fairway_Integration.permissionset',
      'permissionsets/Fairway_Internal.permissionset',
      'permissionsets/Fairway_Partner.permissionset',
      'permissionsets/Fairway_Read_Only.permissionset',
    ]);
    expect(part['objects/Account.object']).not.toContain('Fairway_Tier_Standing__c');
    expect(part['permissionsets/Fairway_Integration.permissionset']).toContain(
      'Account.Fairway_Tier_Standing__c',
    );
  });
});

describe('the source project', () => {
  it('has one file for each object, field and permission set, in the folders of Salesforce’s command line', () => {
    const files = toSource(crmSchema, '67.0');
    const root = 'force-app/main/default';
    expect(JSON.parse(files['sfdx-project.json'] ?? '')).toMatchObject({
      sourceApiVersion: '67.0',
      packageDirectories: [{ path: 'force-app' }],
    });
    for (const name of fieldNames) {
      const [object, field] = name.split('.');
      expect(
        XMLValidator.validate(files[`${root}/objects/${object}/fields/${field}.field-meta.xml`] ?? ''),
      ).toBe(true);
    }
    expect(files).toHaveProperty([
      `${root}/objects/Fairway_Registration__c/Fairway_Registration__c.object-meta.xml`,
    ]);
    expect(files).not.toHaveProperty([`${root}/objects/Account/Account.object-meta.xml`]);
    expect(files).toHaveProperty([`${root}/permissionsets/Fairway_Integration.permissionset-meta.xml`]);
  });
});
