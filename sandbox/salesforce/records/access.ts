import type { OrgProfile } from '#sandbox/profiles/profile.ts';
import type { Row } from './row.ts';
import type { Access, FieldDef, ObjectDef } from './schema.ts';

/** What a user's permission sets grant, as keys: `Object` and, for fields, `Object.Field`. */
export interface Grants {
  readonly readable: ReadonlySet<string>;
  readonly editable: ReadonlySet<string>;
  readonly creatable: ReadonlySet<string>;
  readonly viewAll: ReadonlySet<string>;
  readonly modifyAll: ReadonlySet<string>;
}
export type GrantKind = keyof Grants;
export const grantKinds: readonly GrantKind[] = ['readable', 'editable', 'creatable', 'viewAll', 'modifyAll'];

/** One user's permissions and the sharing of the org. */
export interface Permissions {
  readonly userId: string;
  readonly grants: Grants;
  /** True when the user's own profile gives all standard objects and fields and all records. */
  readonly administrator: boolean;
  readonly sharing: OrgProfile['sharing'];
  /** Objects whose records a sharing rule opens to the user for editing. */
  readonly sharedForEditing: ReadonlySet<string>;
  /** Objects and fields that nothing shows to the user. */
  readonly hidden: ReadonlySet<string>;
}

/** The access that a user's permissions give. */
export const accessOf = (permissions: Permissions): Access => ({
  seenObject: (object) => seenObject(permissions, object),
  seesRecord: (object, row) => seesRecord(permissions, object, row),
  changesRecord: (object, row) => changesRecord(permissions, object, row),
});

/** Objects that every user with API access reads. */
const open = new Set([
  'User',
  'Organization',
  'CurrencyType',
  'RecordType',
  'PermissionSet',
  'PermissionSetAssignment',
  'Name',
  'ApprovalWorkItem',
  'ProcessInstance',
  'ProcessInstanceStep',
]);
/** Objects whose records the organization-wide defaults of a profile are about. */
const shared = new Set(['Account', 'Contact', 'Lead', 'Opportunity']);

/** An object as the user sees it; null when it is hidden. */
function seenObject(permissions: Permissions, object: ObjectDef): ObjectDef | null {
  const { grants } = permissions;
  if (permissions.hidden.has(object.name)) return null;
  const byProfile = permissions.administrator && !object.custom;
  if (!byProfile && !open.has(object.name) && !grants.readable.has(object.name)) return null;
  const editable = byProfile || open.has(object.name) || grants.editable.has(object.name);
  return {
    ...object,
    creatable:
      object.creatable !== false && (byProfile || open.has(object.name) || grants.creatable.has(object.name)),
    editable,
    fields: object.fields.flatMap((field) => seenField(permissions, object, field)),
  };
}

/**
 * A field deployed through the Metadata API is invisible to everyone, an administrator included, until a
 * permission set shows it. Required fields and those of the system are always visible.
 */
function seenField(
  { grants, administrator, hidden }: Permissions,
  object: ObjectDef,
  field: FieldDef,
): FieldDef[] {
  if (!isPermissionable(object, field)) return [field];
  const key = permissionOf(object, field);
  if (hidden.has(key)) return [];
  if (field.inProfiles || (!field.custom && administrator)) return [field];
  if (!grants.readable.has(key)) return [];
  return [grants.editable.has(key) ? field : { ...field, readOnly: true }];
}

const always = new Set([
  'Id',
  'Name',
  'OwnerId',
  'CurrencyIsoCode',
  'RecordTypeId',
  'IsDeleted',
  'MasterRecordId',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'IsClosed',
  'IsWon',
  'IsConverted',
  'ConvertedDate',
  'ConvertedAccountId',
  'ConvertedOpportunityId',
]);

/** True for a field that field-level security can hide. */
export const isPermissionable = (object: ObjectDef, field: FieldDef): boolean =>
  !field.required && !open.has(object.name) && (field.custom === true || !always.has(field.name));

/**
 * The name of a field in permissions. The parts of an address have one permission together: `BillingAddress`
 * for `BillingCity` and the others, `Address` for those of a lead.
 */
export function permissionOf(object: ObjectDef, field: FieldDef): string {
  const part = field.custom
    ? null
    : /^(Billing|Shipping|Mailing|)(Street|City|State|PostalCode|Country)(Code)?$/.exec(field.name);
  return `${object.name}.${part ? `${part[1]}Address` : field.name}`;
}

function seesRecord(permissions: Permissions, object: ObjectDef, row: Row): boolean {
  const { administrator, grants, sharing, sharedForEditing, userId } = permissions;
  if (administrator || !shared.has(object.name) || sharing !== 'Private') return true;
  if (sharedForEditing.has(object.name)) return true;
  return row['OwnerId'] === userId || grants.viewAll.has(object.name) || grants.modifyAll.has(object.name);
}

function changesRecord(permissions: Permissions, object: ObjectDef, row: Row): boolean {
  const { administrator, grants, sharing, sharedForEditing, userId } = permissions;
  if (administrator || !shared.has(object.name) || sharing === 'ReadWrite') return true;
  if (sharedForEditing.has(object.name)) return true;
  return row['OwnerId'] === userId || grants.modifyAll.has(object.name);
}
