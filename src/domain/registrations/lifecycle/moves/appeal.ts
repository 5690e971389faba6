/** A second person, who had no part in a rejection, decides about it again. */
import { partnerAndManager, peopleOfPartner, redactionOf } from '../notices.ts';
import type { LifecycleRun } from '../run.ts';
import { newClock, stopClock } from '../service-clocks.ts';
import { announceApproval, protect } from './decision.ts';
import { supersedeRegistration } from './ending.ts';

export function appeal(run: LifecycleRun, id: string): void {
  const { programme, submittedAt, partner } = run.get(id);
  run.update(id, {
    state: 'appealed',
    hasAppealed: true,
    appealClock: newClock(programme, programme.appealTarget, run.now, submittedAt),
  });
  run.notify('appeal_received', id, [...peopleOfPartner(run.channel, partner), ...run.deciders(id)]);
}

export function uphold(run: LifecycleRun, id: string, by: string): void {
  const { decidedBy } = run.get(id);
  stopAppeal(run, id);
  const upheld = run.update(id, {
    state: 'rejected',
    decidedAt: run.now,
    decidedBy: [...decidedBy, by],
    lastDecider: by,
  });
  run.notify('appeal_upheld', id, partnerAndManager(run.channel, upheld), redactionOf(run.channel, upheld));
}

/** @param supersedes the registration that this one replaces */
export function overturn(
  run: LifecycleRun,
  id: string,
  {
    by,
    reasonCode,
    supersedes,
  }: { readonly by: string; readonly reasonCode: string; readonly supersedes: string | null },
): void {
  const { decidedBy } = run.get(id);
  stopAppeal(run, id);
  protect(run, id, { reasonCode, decidedBy: [...decidedBy, by], lastDecider: by });
  announceApproval(run, run.get(id), 'appeal_overturned');
  if (supersedes !== null) supersedeRegistration(run, supersedes, id, 'superseded_by_appeal');
}

function stopAppeal(run: LifecycleRun, id: string): void {
  const { appealClock } = run.get(id);
  run.update(id, { appealClock: appealClock && stopClock(appealClock, run.now, 'decided') });
}
