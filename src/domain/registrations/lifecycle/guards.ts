/** The guards of time and number: why a move that the state allows is refused nevertheless. */
import { addDays } from '#src/domain/period.ts';
import { dayAt, lastDay } from './dates.ts';
import { notAppealable } from './reasons.ts';
import type { Instant, LifecycleRegistration } from './registration.ts';
import type { Move } from './states.ts';

/** Null when no guard refuses the move. */
export function guardRefusal(move: Move, registration: LifecycleRegistration, at: Instant): string | null {
  switch (move) {
    case 'appeal':
      return appealRefusal(registration, at);
    case 'request_extension':
      return extensionRefusal(registration, at);
    case 'grant_extension':
    case 'deny_extension':
      return registration.extensionOpenBy === null ? 'no_extension_open' : null;
    default:
      return null;
  }
}

function appealRefusal(registration: LifecycleRegistration, at: Instant): string | null {
  const { programme, reasonCode, hasAppealed, decidedAt } = registration;
  if (hasAppealed) return 'appeal_spent';
  if (reasonCode !== null && notAppealable.has(reasonCode)) return 'not_appealable';
  if (decidedAt !== null && dayAt(programme, at) > lastDay(programme, decidedAt, programme.appealDays))
    return 'appeal_too_late';
  return null;
}

function extensionRefusal(registration: LifecycleRegistration, at: Instant): string | null {
  const { programme, extensionOpenBy, extensionsUsed, protectedUntil } = registration;
  if (extensionOpenBy !== null) return 'extension_open';
  if (extensionsUsed >= programme.maxExtensions) return 'extension_limit';
  if (protectedUntil === null) return 'extension_not_needed';
  const firstDay = addDays(protectedUntil, -programme.extensionRequestDays);
  if (dayAt(programme, at) < firstDay) return 'extension_too_early';
  return expires(registration) ? null : 'extension_not_needed';
}

/** True when the end of the protection window ends the registration. */
export function expires({ state, programme }: LifecycleRegistration): boolean {
  return state === 'approved' || (state === 'converted' && programme.expiryAfterConversion === 'runs');
}
