import type { ChannelMember } from '#sandbox/salesforce/events/channel-members.ts';
import type { Granted } from '#sandbox/salesforce/records/org.ts';
import type { FieldDef, ObjectDef } from '#sandbox/salesforce/records/schema.ts';

/** A permission set, with the objects and fields that it grants. */
export interface PermissionSetDef extends Granted {
  readonly label: string;
}

/** Everything in a package, read but not yet in the org. */
export interface Draft {
  readonly channelMembers: Map<string, ChannelMember>;
  readonly objects: Map<string, ObjectDef>;
  readonly fields: Map<string, { readonly object: string; readonly field: FieldDef }>;
  readonly permissionSets: Map<string, PermissionSetDef>;
}
