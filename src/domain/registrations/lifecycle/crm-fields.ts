/** The fields that Fairway writes to the CRM: on the registration's record and on its opportunity. */
import { whoIsAsked } from './deciders.ts';
import type { Channel, Instant, LifecycleRegistration } from './registration.ts';
import { dueByNow } from './service-clocks.ts';
import { pendingStates, protectedStates } from './states.ts';

export type CrmFields = Readonly<Record<string, string | number | null>>;

export function registrationCrmFields(
  channel: Channel,
  registration: LifecycleRegistration,
  at: Instant,
): CrmFields {
  const { state, reasonCode, decidedAt, protectedUntil, extensionsUsed, supersededBy, crmRefusal } =
    registration;
  const asked = whoIsAsked(channel, registration, at);
  return {
    status: state,
    reasonCode,
    decidedAt: decidedAt === null ? null : instantText(decidedAt),
    protectedUntil,
    nextDecider: asked.length === 0 ? null : asked.join(', '),
    decisionDue: decisionDue(registration, at),
    extensionsUsed,
    supersededBy,
    decisionRefused: crmRefusal,
  };
}

/** Null without an opportunity. Partner and date are on it only while the registration counts. */
export function opportunityCrmFields(
  { partners }: Channel,
  { state, opportunity, partner, protectedUntil }: LifecycleRegistration,
): CrmFields | null {
  if (opportunity === null) return null;
  const counts = protectedStates.includes(state) || state === 'won';
  return {
    registrationStatus: state,
    registeredPartner: counts ? (partners[partner]?.name ?? partner) : null,
    protectedUntil: counts ? protectedUntil : null,
  };
}

/** The due instant of the answer that people wait for; null while the clock is paused. */
function decisionDue(
  { state, decisionClock, appealClock }: LifecycleRegistration,
  at: Instant,
): string | null {
  const clock = state === 'appealed' ? appealClock : pendingStates.includes(state) ? decisionClock : null;
  if (clock === null) return null;
  if (clock.pauses.some(({ from, to }) => from <= at && at < to)) return null;
  const due = dueByNow(clock, at);
  return due === null ? null : instantText(due);
}

function instantText(instant: Instant): string {
  return new Date(instant * 1000).toISOString().replace('.000Z', 'Z');
}
