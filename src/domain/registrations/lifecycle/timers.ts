/** The timers of a registration: what falls due when, and what happens then. */
import { addDays } from '#src/domain/period.ts';
import { endOfDay, lastDay, startOfDay } from './dates.ts';
import { expires } from './guards.ts';
import { managerOf, partnerAndManager } from './notices.ts';
import { rejectUnanswered } from './moves/information.ts';
import { expire } from './moves/protection.ts';
import type { EscalationRecipient } from './programme.ts';
import type { Instant, LifecycleRegistration } from './registration.ts';
import type { LifecycleRun } from './run.ts';
import { escalationsByNow } from './service-clocks.ts';
import { pendingStates, protectedStates } from './states.ts';

/** One that fired or will fire. `at` is the instant at which it is due, even if it fires later. */
export interface LifecycleTimer {
  readonly at: Instant;
  readonly registration: string;
  readonly timer: string;
}

type Waiting = Omit<LifecycleTimer, 'registration'>;

const lapseNoticeDays = 7;

/**
 * The timers that have not fired, by what is known at an instant. One that an unfinished pause or an open
 * request holds back is missing until it is released.
 */
export function waitingTimers(
  registration: LifecycleRegistration,
  known: Instant,
): readonly LifecycleTimer[] {
  // While a decision can be undone, its clock neither runs nor stops: it is applied as of the instant it was made.
  if (registration.deferred !== null) return [];
  const timers = [
    ...escalationTimers(registration, known),
    ...informationTimers(registration),
    ...expiryTimers(registration),
    ...lapseTimers(registration),
  ];
  return timers
    .filter((timer) => !registration.firedTimers.includes(keyOf(timer)))
    .map((timer) => ({ ...timer, registration: registration.id }));
}

/** Fires one timer. The caller has set the run to the instant at which it is due. */
export function fireTimer(run: LifecycleRun, { registration: id, timer, at }: LifecycleTimer): void {
  const registration = run.update(id, { firedTimers: [...run.get(id).firedTimers, keyOf({ timer, at })] });
  const [, kind = '', number = ''] = /^(escalate|about_to_expire)_(\d+)$/.exec(timer) ?? [];
  if (kind === 'escalate') return escalate(run, registration, Number(number));
  const to = partnerAndManager(run.channel, registration);
  if (kind === 'about_to_expire') return run.notify(kind, id, to, { days: Number(number) });
  if (timer === 'no_response') return rejectUnanswered(run, id);
  if (timer === 'expire') return expire(run, id, 'window_over');
  if (timer === 'lapse') return expire(run, id, 'no_activity');
  run.notify('lapsing', id, to);
}

function keyOf({ timer, at }: Waiting): string {
  // An escalation fires once in a clock, even when pauses move it.
  return timer.startsWith('escalate_') ? timer : `${timer} ${at}`;
}

function escalationTimers(
  { state, programme, decisionClock }: LifecycleRegistration,
  known: Instant,
): readonly Waiting[] {
  if (!pendingStates.includes(state)) return [];
  const percents = programme.escalations.map(({ percent }) => percent);
  return escalationsByNow(decisionClock, percents, known).flatMap(({ percent, at }) =>
    at === null ? [] : [{ at, timer: `escalate_${percent}` }],
  );
}

function informationTimers({ state, programme, infoDeadline }: LifecycleRegistration): readonly Waiting[] {
  if (state !== 'info_requested' || infoDeadline === null) return [];
  return [{ at: endOfDay(programme, infoDeadline), timer: 'no_response' }];
}

/** A request for an extension that is open holds the end of the protection back. */
function expiryTimers(registration: LifecycleRegistration): readonly Waiting[] {
  const { programme, protectedUntil, approvedAt, extensionOpenBy } = registration;
  if (!expires(registration) || protectedUntil === null || approvedAt === null) return [];
  const notices = programme.expiryNoticeDays
    .map((days) => ({
      at: startOfDay(programme, addDays(protectedUntil, -days)),
      timer: `about_to_expire_${days}`,
    }))
    .filter(({ at }) => at > approvedAt);
  return extensionOpenBy === null
    ? [...notices, { at: endOfDay(programme, protectedUntil), timer: 'expire' }]
    : notices;
}

function lapseTimers({ state, programme, lastActivityAt }: LifecycleRegistration): readonly Waiting[] {
  const { activityDays } = programme;
  if (!protectedStates.includes(state) || activityDays === null || lastActivityAt === null) return [];
  const day = lastDay(programme, lastActivityAt, activityDays);
  const notice = { at: startOfDay(programme, addDays(day, -lapseNoticeDays)), timer: 'lapsing' };
  return [...(notice.at > lastActivityAt ? [notice] : []), { at: endOfDay(programme, day), timer: 'lapse' }];
}

function escalate(run: LifecycleRun, registration: LifecycleRegistration, percent: number): void {
  const { id, partner, programme } = registration;
  const recipients: Readonly<Record<EscalationRecipient, () => readonly string[]>> = {
    deciders: () => run.deciders(id),
    lead: () => [programme.lead],
    cam: () => managerOf(run.channel, partner),
  };
  const to = programme.escalations.find((one) => one.percent === percent)?.to ?? [];
  const event = percent === 100 ? 'breached' : `escalated_${percent}`;
  run.notify(
    event,
    id,
    to.flatMap((recipient) => recipients[recipient]()),
  );
}
