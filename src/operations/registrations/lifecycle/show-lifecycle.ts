import { findLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Deps } from '#src/deps.ts';
import { whoIsAsked, whoMayDecide } from '#src/domain/registrations/lifecycle/deciders.ts';
import { legalMovesByRole } from '#src/domain/registrations/lifecycle/legal-moves.ts';
import type {
  ClockEvents,
  Instant,
  LifecyclePerson,
} from '#src/domain/registrations/lifecycle/registration.ts';
import { readClockEvents } from '#src/domain/registrations/lifecycle/service-clocks.ts';
import { loadChannel } from './load-channel.ts';

/** One registration as it is at an instant; null when it has no lifecycle. */
export async function showLifecycle(
  deps: Deps,
  id: string,
  { at, by }: { readonly at: Instant; readonly by?: string },
) {
  const row = await findLifecycle(deps.db, id);
  if (row === null) return null;
  const { channel } = await loadChannel(
    deps.db,
    [row],
    by === undefined ? {} : { by: [by] },
    new Date(at * 1000),
  );
  const registration = channel.registrations[id];
  if (registration === undefined) return null;
  const { state, programme, approvals, appealClock } = registration;
  const steps = programme.approvalSteps.length;
  return {
    registration,
    partnerName: channel.partners[registration.partner]?.name ?? '',
    person: by === undefined ? null : presentPerson(channel.people[by]),
    /** From 1; null while no person approves it, and with one step only. */
    step: state === 'in_review' && steps > 1 ? approvals.length + 1 : null,
    steps,
    infoDeadline: state === 'info_requested' ? registration.infoDeadline : null,
    decisionClock: clockShown(registration.decisionClock, at),
    appealClock: appealClock && clockShown(appealClock, at),
    mayDecide: whoMayDecide(channel, registration, at),
    asked: whoIsAsked(channel, registration, at),
    legal: legalMovesByRole(registration, at),
    /** The words of the programme in force for the coded reasons. */
    reasons: channel.programme.reasons,
    crmFields: row.lifecycle.crmFields,
  };
}

export type LifecycleShown = NonNullable<Awaited<ReturnType<typeof showLifecycle>>>;

function presentPerson(person: LifecyclePerson | undefined): LifecyclePerson | null {
  return person === undefined || person.hasLeft === true ? null : person;
}

/** Null when the calendar cannot count the promised time. */
function clockShown(events: ClockEvents, at: Instant) {
  const reading = readClockEvents(events, at);
  return (
    reading && {
      state: reading.state,
      dueAt: reading.dueAt,
      elapsedSeconds: reading.elapsed,
      remainingSeconds: reading.remaining,
    }
  );
}
