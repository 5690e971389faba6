import type { NewRegistrationEvent } from '#src/db/registrations/lifecycle/event-store.ts';
import type { CommandSource } from '#src/domain/registrations/lifecycle/command.ts';
import type { Channel, LifecycleRegistration } from '#src/domain/registrations/lifecycle/registration.ts';
import type { LifecycleChange, StepResult } from '#src/domain/registrations/lifecycle/step.ts';

/** The command or the news of a step, for its events. */
export interface StepCause {
  readonly move: string;
  /** The registration that a command is about. */
  readonly registration: string | null;
  readonly actor: string | null;
  readonly via: CommandSource | null;
  readonly reasonCode: string | null;
  readonly given: Readonly<Record<string, unknown>>;
}

/** An event for each move of each registration, in their order. */
export function stepEventsOf(
  { people }: Channel,
  { changes, channel, refused, result }: StepResult,
  cause: StepCause | null,
  now: Date,
): readonly NewRegistrationEvent[] {
  // A partner that submits a deal again changes its registration.
  const about = result !== null && 'updated' in result ? result.updated : (cause?.registration ?? null);
  return changes.map((change) => {
    const { timer, before, after } = change;
    const by = timer === null ? cause : null;
    const changed = changedTerms(change);
    const pick = (terms: Readonly<Record<string, string>>) =>
      Object.fromEntries(changed.flatMap((name) => (terms[name] === undefined ? [] : [[name, terms[name]]])));
    return {
      registrationId: after.id,
      at: timer === null ? now : new Date(timer.at * 1000),
      move: timer === null ? moveOf(change, cause) : timer.timer,
      actor: by?.actor ?? null,
      role: (by?.actor && people[by.actor]?.role) ?? null,
      via: by?.via ?? null,
      reasonCode: by?.reasonCode ?? after.reasonCode,
      refusal: timer === null ? (refused?.reason ?? null) : null,
      before: before && decidedContent(before),
      after: decidedContent(after),
      changedTerms: changed,
      programVersion: after.programme.version,
      version: channel.registrations[after.id]?.version ?? after.version,
      given: by === null || about !== after.id ? {} : withoutUndefined(by.given),
      termsBefore: pick(before?.terms ?? {}),
      termsAfter: pick(after.terms),
    };
  });
}

/** A registration that makes room for the one of the command is superseded. */
function moveOf({ after, before }: LifecycleChange, cause: StepCause | null): string {
  const isSuperseded = after.state === 'superseded' && before?.state !== 'superseded';
  return isSuperseded && cause?.registration !== after.id ? 'supersede' : (cause?.move ?? 'clock');
}

function changedTerms({ before, after }: LifecycleChange): readonly string[] {
  const [old, now] = [before?.terms ?? {}, after.terms];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => old[name] !== now[name]);
}

/** What an event shows of a registration: no values of the deal, because events cannot be erased. */
function decidedContent(registration: LifecycleRegistration): Readonly<Record<string, unknown>> {
  const { state, reasonCode, version, partner, approvals, editedBy, lastDecider, decidedAt } = registration;
  const { protectedUntil, extensionOpenBy, extensionsUsed, infoDeadline, supersededBy, opportunity } =
    registration;
  const { decisionClock, appealClock, deferred } = registration;
  return {
    state,
    reasonCode,
    version,
    partner,
    approvals,
    editedBy,
    lastDecider,
    decidedAt,
    protectedUntil,
    extensionOpenBy,
    extensionsUsed,
    infoDeadline,
    supersededBy,
    opportunity,
    ...(deferred === null ? {} : { deferred }),
    decisionClock: { start: decisionClock.start, stop: decisionClock.stop },
    appealClock: appealClock && { start: appealClock.start, stop: appealClock.stop },
  };
}

function withoutUndefined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
