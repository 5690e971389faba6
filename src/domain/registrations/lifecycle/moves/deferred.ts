/** A decision that its author can undo for some seconds before it is applied. */
import type { LifecycleCommand, Received, Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import type { DeferredMove } from '#src/domain/registrations/lifecycle/registration.ts';
import type { LifecycleRun } from '#src/domain/registrations/lifecycle/run.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';

/** The moves that a person may undo for some seconds: the decisions of the vendor's people. */
export const deferrableMoves: readonly Move[] = [
  'approve',
  'reject',
  'request_info',
  'uphold',
  'overturn',
  'withdraw',
  'reopen',
  'grant_extension',
  'deny_extension',
  'supersede',
];

/** While a decision can be undone, no other person of the vendor decides. A partner may still withdraw. */
export function deferredRefusal({
  person: { role },
  registration: { deferred },
  command: { do: move },
}: Received): Refusal | null {
  if (deferred === null || move === 'edit' || role === 'partner' || role === 'service') return null;
  const { by, move: made, until } = deferred;
  return { code: 'conflict', reason: 'decision_deferred', by, move: made, until };
}

export function deferMove(
  run: LifecycleRun,
  { command: { by, at }, registration: { id, version } }: Received,
  made: Pick<DeferredMove, 'id' | 'until' | 'move'>,
): void {
  run.update(id, { deferred: { ...made, by, at, version }, notApplied: null });
}

/** Only its author undoes a decision, and only before it is applied. */
export function undoDeferred(run: LifecycleRun, { command, registration }: Received): Refusal | null {
  const { id, deferred } = registration;
  if (deferred === null) return { code: 'conflict', reason: 'undo_too_late' };
  if (deferred.by !== command.by) return { code: 'not_allowed', reason: 'undo_by_another' };
  run.update(id, { deferred: null });
  return null;
}

/** A command as its author gave it: at that instant, about that version. */
export function asDeferred(command: LifecycleCommand, { at, version }: DeferredMove): LifecycleCommand {
  return { ...command, at, ifVersion: version };
}

/** Leaves on the registration why the decision was not applied. */
export function dropDeferred(
  run: LifecycleRun,
  id: string,
  { move, by, at }: DeferredMove,
  reason: string,
): void {
  run.update(id, { deferred: null, notApplied: { move, by, at, reason } });
}
