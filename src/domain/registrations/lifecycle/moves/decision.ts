/** Queue, approval and rejection. */
import { lastDay } from '../dates.ts';
import { linkedOwner, partnerAndManager, redactionOf } from '../notices.ts';
import type { LifecycleRegistration } from '../registration.ts';
import type { LifecycleRun } from '../run.ts';
import { stopClock } from '../service-clocks.ts';

export function queue(run: LifecycleRun, id: string): void {
  run.update(id, { state: 'in_review' });
  run.notify('queued', id, run.deciders(id));
}

/** One approver's step; the last one approves the registration. */
export function approveStep(run: LifecycleRun, id: string, by: string): void {
  const { approvals, decidedBy, programme } = run.get(id);
  run.update(id, { approvals: [...approvals, by], decidedBy: [...decidedBy, by], lastDecider: by });
  if (approvals.length + 1 < programme.approvalSteps.length)
    return run.notify('step_approved', id, run.deciders(id));
  approve(run, id, by);
}

/** @param by null when the rules approve */
export function approve(run: LifecycleRun, id: string, by: string | null): void {
  protect(run, id, { reasonCode: null, lastDecider: by });
  const { decisionClock } = run.get(id);
  const approved = run.update(id, { decisionClock: stopClock(decisionClock, run.now, 'decided') });
  announceApproval(run, approved, 'approved');
}

/** Starts the protection. The approval and what came before it are the caller's. */
export function protect(run: LifecycleRun, id: string, changes: Partial<LifecycleRegistration>): void {
  const registration = run.get(id);
  const { programme } = registration;
  const { protectionDays } =
    programme.termsOf === 'decision' ? run.settingsFor(run.channel.programme, registration) : programme;
  run.update(id, {
    state: 'approved',
    decidedAt: run.now,
    approvedAt: run.now,
    lastActivityAt: run.now,
    protectedUntil: lastDay(programme, run.now, protectionDays),
    ...changes,
  });
}

/** Announces an approval; an opportunity that is linked already converts the registration. */
export function announceApproval(
  run: LifecycleRun,
  registration: LifecycleRegistration,
  event: 'approved' | 'appeal_overturned',
): void {
  const { id, opportunity, programme } = registration;
  const to = [...partnerAndManager(run.channel, registration), ...linkedOwner(run.channel, registration)];
  run.notify(event, id, to);
  if (opportunity === null || !programme.convertWhenLinked) return;
  run.update(id, { state: 'converted' });
  run.notify('converted', id, to);
}

/** @param by null when the rules or the clock reject */
export function reject(run: LifecycleRun, id: string, reasonCode: string, by: string | null): void {
  const { decidedBy, decisionClock } = run.get(id);
  const rejected = run.update(id, {
    state: 'rejected',
    reasonCode,
    decidedAt: run.now,
    decidedBy: by === null ? decidedBy : [...decidedBy, by],
    lastDecider: by,
    infoDeadline: null,
    protectedUntil: null,
    decisionClock: stopClock(decisionClock, run.now, 'decided'),
  });
  run.notify('rejected', id, partnerAndManager(run.channel, rejected), redactionOf(run.channel, rejected));
}
