import type { ChannelMember } from '#sandbox/salesforce/events/channel-members.ts';
import type { FieldDef, ObjectDef } from '#sandbox/salesforce/records/schema.ts';

/** The objects and fields of a permission set: `Object` and `Object.Field`. */
export interface PermissionSetDef {
  readonly label: string;
  readonly readable: readonly string[];
  readonly editable: readonly string[];
}

/** Everything in a package, read but not yet in the org. */
export interface Draft {
  readonly channelMembers: Map<string, ChannelMember>;
  readonly objects: Map<string, ObjectDef>;
  readonly fields: Map<string, { readonly object: string; readonly field: FieldDef }>;
  readonly permissionSets: Map<string, PermissionSetDef>;
}
