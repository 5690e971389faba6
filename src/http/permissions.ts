import type { Role } from '#src/db/schema/people.ts';

export const permissions = [
  'read',
  'decide_registrations',
  'edit_records',
  'start_runs',
  'check_connections',
  'manage_connections',
  'draft_mappings',
  'approve_mappings',
  'roll_back_mappings',
  'prepare_payouts',
  'approve_payouts',
  'download_payouts',
  'manage_people',
] as const;
export type Permission = (typeof permissions)[number];

/** Who may do what. Two roles can do a thing only where two kinds of people really do it. */
const granted: Readonly<Record<Permission, readonly Role[]>> = {
  read: ['admin', 'ops', 'finance', 'viewer'],
  decide_registrations: ['admin', 'ops'],
  /** Fields kept the same in Fairway and a CRM, and who wins where both were changed. */
  edit_records: ['admin', 'ops'],
  start_runs: ['admin', 'ops'],
  check_connections: ['admin', 'ops'],
  /** Budgets, reconciliation, replay. */
  manage_connections: ['admin', 'ops'],
  draft_mappings: ['admin', 'ops'],
  /** Never one's own: the operation and the database see to that. */
  approve_mappings: ['admin', 'ops'],
  /** The emergency exit, which needs no second person. */
  roll_back_mappings: ['admin'],
  prepare_payouts: ['admin', 'finance'],
  approve_payouts: ['admin', 'finance'],
  download_payouts: ['admin', 'finance'],
  manage_people: ['admin'],
};

export function may(role: Role, permission: Permission): boolean {
  return granted[permission].includes(role);
}

export function permissionsOf(role: Role): Permission[] {
  return permissions.filter((permission) => may(role, permission));
}
