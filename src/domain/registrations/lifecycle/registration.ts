import type { ClockStop } from '#src/domain/service-levels/clock-state.ts';
import type { BusinessCalendar } from '#src/domain/service-levels/calendar.ts';
import type { Pause } from '#src/domain/service-levels/pauses.ts';
import type { Target } from '#src/domain/service-levels/target.ts';
import type { LifecycleProgramme } from './programme.ts';
import type { LifecycleRole, LifecycleState, Move } from './states.ts';

/** Seconds since 1970, UTC. */
export type Instant = number;

/** The events of one service-level clock. A pause that has not ended ends at `Infinity`. */
export interface ClockEvents {
  readonly calendars: readonly BusinessCalendar[];
  readonly target: Target;
  readonly start: Instant;
  readonly pauses: readonly Pause[];
  readonly stop: ClockStop | null;
}

/** A registration on its way from submission to outcome. */
export interface LifecycleRegistration {
  readonly id: string;
  readonly number: string;
  readonly partner: string;
  /**
   * The registrations for one deal have the same value: matching found the same customer, product and type.
   */
  readonly deal: string;
  readonly terms: Readonly<Record<string, string>>;
  readonly state: LifecycleState;
  /** Increases by one with each step that changes what a decision is about. */
  readonly version: number;
  readonly reasonCode: string | null;
  /** The reason of the present state in words, which the partner reads. */
  readonly reasonText: string | null;
  readonly submittedAt: Instant;
  readonly submittedBy: string;
  /**
   * The e-mail addresses, in lower case, of the people who created its record in a CRM. Null while that cannot be read;
   * empty when a program created it, or it was not submitted in a CRM.
   */
  readonly createdBy: readonly string[] | null;
  /** The settings for it of the programme version in force at the submission. */
  readonly programme: LifecycleProgramme;
  /** Staff who changed it. */
  readonly editedBy: readonly string[];
  /** The approvers of the steps so far, in order. */
  readonly approvals: readonly string[];
  /** Everybody who approved a step or rejected since the submission. */
  readonly decidedBy: readonly string[];
  readonly lastDecider: string | null;
  readonly decidedAt: Instant | null;
  readonly approvedAt: Instant | null;
  /** The last protected day, `YYYY-MM-DD`. */
  readonly protectedUntil: string | null;
  readonly lastActivityAt: Instant | null;
  readonly extensionOpenBy: string | null;
  readonly extensionsUsed: number;
  readonly infoAskedBy: string | null;
  /** The last day for an answer, `YYYY-MM-DD`. */
  readonly infoDeadline: string | null;
  readonly hasAppealed: boolean;
  readonly supersededBy: string | null;
  readonly opportunity: string | null;
  /** The reason why the last command from the CRM was refused. */
  readonly crmRefusal: string | null;
  /** A decision that its author can still undo. Nothing else has changed because of it. */
  readonly deferred: DeferredMove | null;
  /** The last such decision that was refused when its time came, until the next move. */
  readonly notApplied: NotAppliedMove | null;
  readonly decisionClock: ClockEvents;
  readonly appealClock: ClockEvents | null;
  /** Timers that have fired, by name and due instant. */
  readonly firedTimers: readonly string[];
}

/** A decision that is applied at `until`, as of `at`. */
export interface DeferredMove {
  readonly id: string;
  readonly move: Move;
  readonly by: string;
  /** The instant of the decision, at which its clock stops. */
  readonly at: Instant;
  readonly until: Instant;
  /** The version that it is about. */
  readonly version: number;
}

export interface NotAppliedMove extends Omit<DeferredMove, 'id' | 'until' | 'version'> {
  /** The reason of the refusal. */
  readonly reason: string;
}

export interface LifecyclePerson {
  readonly role: LifecycleRole;
  /** The partner they belong to. Null for a service that registers for every partner. Absent for staff. */
  readonly partner?: string | null | undefined;
  readonly hasLeft?: boolean | undefined;
  readonly absences?: readonly Absence[] | undefined;
}

/** A person is away in `[from, to)` and another decides for them. */
export interface Absence {
  readonly from: Instant;
  readonly to: Instant;
  readonly delegate: string;
}

export interface LifecyclePartner {
  readonly name: string;
  /** The channel account manager; null while the CRM names none. */
  readonly cam: string | null;
  readonly status: 'active' | 'suspended' | 'terminated';
}

/** The values of a registration that a programme's routes and protection depend on. */
export type RoutedDeal = Pick<LifecycleRegistration, 'partner' | 'terms'>;

/**
 * Everything that a step of the lifecycle reads and changes. A step about one registration needs only the
 * registrations for its deal and those with timers that are due; news about a partner or an opportunity needs all
 * of their registrations.
 */
export interface Channel {
  readonly people: Readonly<Record<string, LifecyclePerson>>;
  readonly partners: Readonly<Record<string, LifecyclePartner>>;
  /** The version in force. */
  readonly programme: LifecycleProgramme;
  /** The settings of a version for one registration. Absent: they are the same for every one. */
  readonly settingsFor?: ((version: number, deal: RoutedDeal) => LifecycleProgramme) | undefined;
  readonly registrations: Readonly<Record<string, LifecycleRegistration>>;
  /** The registration of each submission key, by `sender key`. */
  readonly submissionKeys: Readonly<Record<string, string>>;
  /** The partner codes that exist, of those that a submission or an edit names. */
  readonly partnerCodes?: ReadonlySet<string> | undefined;
  /** The owner of each opportunity, by the opportunity's id. */
  readonly opportunityOwners: Readonly<Record<string, string>>;
}
