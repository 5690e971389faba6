/** Withdrawing, superseding and reopening. */
import { partnerAndManager, redactionOf } from '../notices.ts';
import type { LifecycleRegistration } from '../registration.ts';
import type { LifecycleRun } from '../run.ts';
import { newClock, pauseClock, resumeClock, stopClock } from '../service-clocks.ts';

/** The clocks of a registration whose answer is no longer needed, and its open questions. */
function cancelled(run: LifecycleRun, registration: LifecycleRegistration): Partial<LifecycleRegistration> {
  const { state, decisionClock, appealClock } = registration;
  const running = state === 'info_requested' ? resumeClock(decisionClock, run.now) : decisionClock;
  return {
    protectedUntil: null,
    extensionOpenBy: null,
    infoDeadline: null,
    decisionClock: stopClock(running, run.now, 'cancelled'),
    appealClock: appealClock && stopClock(appealClock, run.now, 'cancelled'),
  };
}

export function withdraw(run: LifecycleRun, id: string, reasonCode: string): void {
  const before = run.get(id);
  const deciders = run.deciders(id);
  const after = run.update(id, { ...cancelled(run, before), state: 'withdrawn', reasonCode });
  run.notify('withdrawn', id, partnerAndManager(run.channel, after));
  run.notify('withdrawn_pending', id, deciders);
}

export function supersedeRegistration(
  run: LifecycleRun,
  id: string,
  supersededBy: string,
  reasonCode: string,
): void {
  const before = run.get(id);
  const after = run.update(id, {
    ...cancelled(run, before),
    state: 'superseded',
    reasonCode,
    supersededBy,
  });
  run.notify('superseded', id, partnerAndManager(run.channel, after), redactionOf(run.channel, after));
}

/** Back to the queue with a new clock, on the programme and calendar of the submission. */
export function reopen(run: LifecycleRun, id: string, reasonCode: string): void {
  const { programme, submittedAt, partner } = run.get(id);
  const clock = newClock(programme, programme.decisionTarget, run.now, submittedAt);
  const isSuspended = run.channel.partners[partner]?.status === 'suspended';
  const reopened = run.update(id, {
    state: 'in_review',
    reasonCode,
    approvals: [],
    decidedAt: null,
    protectedUntil: null,
    extensionOpenBy: null,
    decisionClock: isSuspended ? pauseClock(clock, run.now) : clock,
    firedTimers: [],
  });
  run.notify('reopened', id, partnerAndManager(run.channel, reopened));
  run.notify('queued', id, run.deciders(id));
}
