import type { Role } from '#src/db/schema/people.ts';

export const permissions = [
  'read',
  'submit_registrations',
  'move_registrations',
  'decide_registrations',
  'manage_channel',
  'edit_records',
  'start_runs',
  'check_connections',
  'manage_connections',
  'draft_mappings',
  'approve_mappings',
  'roll_back_mappings',
  'draft_programs',
  'approve_programs',
  'resume_approvals',
  'prepare_payouts',
  'approve_payouts',
  'download_payouts',
  'manage_people',
  'read_webhooks',
  'manage_webhooks',
] as const;
export type Permission = (typeof permissions)[number];

/** The roles that have each permission. A second role has it only if people in that role do the work, too. */
const granted: Readonly<Record<Permission, readonly Role[]>> = {
  read: ['admin', 'ops', 'finance', 'viewer'],
  /** Sales reps and channel account managers sign in as viewers; the lifecycle checks their role in the channel. */
  submit_registrations: ['ops', 'viewer'],
  /** The lifecycle says which moves the person's role in the channel has; a viewer without one has none. */
  move_registrations: ['admin', 'ops', 'viewer'],
  decide_registrations: ['admin', 'ops'],
  /** People of the channel, and partners that are suspended or leave. */
  manage_channel: ['admin', 'ops'],
  /** Edits of two-way fields, conflicts and duplicates. */
  edit_records: ['admin', 'ops'],
  start_runs: ['admin', 'ops'],
  check_connections: ['admin', 'ops'],
  /** Call limits, full comparisons, retries of refused writes, the search for duplicates. */
  manage_connections: ['admin', 'ops'],
  draft_mappings: ['admin', 'ops'],
  /** Never for a mapping of one's own; the operation and the database check that. */
  approve_mappings: ['admin', 'ops'],
  /** For emergencies: no second person approves it. */
  roll_back_mappings: ['admin'],
  draft_programs: ['admin', 'ops'],
  /** Never for a programme of one's own; the operation and the database check that. */
  approve_programs: ['admin', 'ops'],
  /** Automatic approval, after it has stopped. */
  resume_approvals: ['admin'],
  prepare_payouts: ['admin', 'finance'],
  approve_payouts: ['admin', 'finance'],
  download_payouts: ['admin', 'finance'],
  manage_people: ['admin'],
  read_webhooks: ['admin', 'ops'],
  manage_webhooks: ['admin'],
};

export function may(role: Role, permission: Permission): boolean {
  return granted[permission].includes(role);
}

export function permissionsOf(role: Role): Permission[] {
  return permissions.filter((permission) => may(role, permission));
}
