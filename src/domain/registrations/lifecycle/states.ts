/** The states of a registration, the people around it, and which moves are possible between the states. */

export const lifecycleStates = [
  'submitted',
  'in_review',
  'info_requested',
  'approved',
  'converted',
  'rejected',
  'appealed',
  'expired',
  'withdrawn',
  'superseded',
  'won',
  'lost',
] as const;
export type LifecycleState = (typeof lifecycleStates)[number];

export const pendingStates: readonly LifecycleState[] = ['submitted', 'in_review', 'info_requested'];
export const protectedStates: readonly LifecycleState[] = ['approved', 'converted'];
/** A partner has at most one registration in these states for a deal. */
export const livingStates: readonly LifecycleState[] = [...pendingStates, ...protectedStates];
/** A decision was made and no other move has replaced it. */
export const decidedStates: readonly LifecycleState[] = ['approved', 'converted', 'rejected', 'won', 'lost'];

export const lifecycleRoles = [
  'partner',
  'service',
  'rep',
  'cam',
  'ops',
  'finance',
  'auditor',
  'admin',
] as const;
export type LifecycleRole = (typeof lifecycleRoles)[number];

/**
 * The commands of people and services after the submission. Moves of the clock and of the CRM are not here.
 */
export const moves = {
  request_info: { from: ['in_review'], roles: ['ops', 'cam'] },
  answer_info: { from: ['info_requested'], roles: ['partner', 'service', 'rep', 'cam'] },
  approve: { from: ['in_review'], roles: ['ops', 'cam'] },
  reject: { from: ['in_review'], roles: ['ops', 'cam'] },
  appeal: { from: ['rejected'], roles: ['partner', 'service'] },
  uphold: { from: ['appealed'], roles: ['ops'] },
  overturn: { from: ['appealed'], roles: ['ops'] },
  withdraw: { from: [...livingStates, 'appealed'], roles: ['partner', 'service', 'ops', 'cam'] },
  resubmit: { from: ['rejected', 'expired', 'withdrawn'], roles: ['partner', 'service'] },
  reopen: { from: ['approved', 'rejected', 'expired'], roles: ['ops', 'admin'] },
  request_extension: { from: protectedStates, roles: ['partner', 'service', 'cam'] },
  grant_extension: { from: protectedStates, roles: ['ops'] },
  deny_extension: { from: protectedStates, roles: ['ops'] },
  report_activity: { from: protectedStates, roles: ['partner', 'service', 'rep', 'cam'] },
  convert: { from: ['approved'], roles: ['rep', 'cam', 'ops'] },
  supersede: { from: livingStates, roles: ['ops'] },
} as const satisfies Readonly<
  Record<string, { readonly from: readonly LifecycleState[]; readonly roles: readonly LifecycleRole[] }>
>;
export type Move = keyof typeof moves;

export const moveNames = Object.keys(moves) as readonly Move[];

export const submitRoles: readonly LifecycleRole[] = ['partner', 'service', 'rep', 'cam', 'ops'];

export function canMoveFrom(move: Move, state: LifecycleState): boolean {
  return moves[move].from.some((from) => from === state);
}

export function hasRoleFor(move: Move, role: LifecycleRole): boolean {
  return moves[move].roles.some((one) => one === role);
}
