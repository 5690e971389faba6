import { guardRefusal } from './guards.ts';
import type { Instant, LifecycleRegistration } from './registration.ts';
import {
  canMoveFrom,
  hasRoleFor,
  lifecycleRoles,
  moveNames,
  type LifecycleRole,
  type Move,
} from './states.ts';

/** The moves that a role has in this state and that no guard refuses, in alphabetical order. */
export function legalMoves(
  registration: LifecycleRegistration,
  role: LifecycleRole,
  at: Instant,
): readonly Move[] {
  return moveNames
    .filter(
      (move) =>
        hasRoleFor(move, role) &&
        canMoveFrom(move, registration.state) &&
        guardRefusal(move, registration, at) === null,
    )
    .toSorted();
}

export function legalMovesByRole(
  registration: LifecycleRegistration,
  at: Instant,
): Readonly<Record<LifecycleRole, readonly Move[]>> {
  const entries = lifecycleRoles.map((role) => [role, legalMoves(registration, role, at)] as const);
  return Object.fromEntries(entries) as Record<LifecycleRole, readonly Move[]>;
}
