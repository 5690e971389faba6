/** Asking the partner for information, which pauses the decision clock. */
import { lastDay } from '../dates.ts';
import { partnerAndManager } from '../notices.ts';
import type { LifecycleRun } from '../run.ts';
import { pauseClock, resumeClock } from '../service-clocks.ts';
import { reject } from './decision.ts';

/** @param by null when the rules ask */
export function requestInformation(
  run: LifecycleRun,
  id: string,
  by: string | null,
  reasonCode: string,
): void {
  const { decisionClock, programme } = run.get(id);
  const asked = run.update(id, {
    state: 'info_requested',
    reasonCode,
    infoAskedBy: by,
    infoDeadline: lastDay(programme, run.now, programme.infoDays),
    decisionClock: pauseClock(decisionClock, run.now),
  });
  run.notify('info_requested', id, partnerAndManager(run.channel, asked));
}

export function answerInformation(run: LifecycleRun, id: string): void {
  const { infoAskedBy, decisionClock } = run.get(id);
  run.update(id, {
    state: 'in_review',
    reasonCode: null,
    infoDeadline: null,
    decisionClock: resumeClock(decisionClock, run.now),
  });
  const deciders = run.deciders(id);
  run.notify(
    'info_answered',
    id,
    deciders
      .filter((person) => person === infoAskedBy)
      .concat(infoAskedBy !== null && deciders.includes(infoAskedBy) ? [] : deciders),
  );
}

/** The partner did not answer in time. */
export function rejectUnanswered(run: LifecycleRun, id: string): void {
  const { decisionClock } = run.get(id);
  run.update(id, { decisionClock: resumeClock(decisionClock, run.now) });
  reject(run, id, 'no_response', null);
}
