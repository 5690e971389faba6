import type { BusinessCalendar } from '#src/domain/service-levels/calendar.ts';
import type { RegistrationForm } from '#src/domain/registrations/form/form.ts';
import type { Target } from '#src/domain/service-levels/target.ts';

/** An approver of a step that means everybody with this role. */
export const everyOps = 'role ops';

/** One step of an approval: any one of these people approves it. */
export interface ApprovalStep {
  readonly name: string;
  /** Names of people, or `role ops`. */
  readonly anyOf: readonly string[];
}

/** By move and code. A reason that is not offered cannot be chosen by people. */
export type ProgrammeReasons = Readonly<
  Record<string, Readonly<Record<string, { readonly en: string; readonly offered: boolean }>>>
>;

export type EscalationRecipient = 'deciders' | 'lead' | 'cam';

/** The settings of a programme version that the lifecycle uses. */
export interface LifecycleProgramme {
  readonly version: number;
  readonly calendars: readonly BusinessCalendar[];
  readonly decisionTarget: Target;
  readonly appealTarget: Target;
  readonly escalations: readonly {
    readonly percent: number;
    readonly to: readonly EscalationRecipient[];
  }[];
  readonly approvalSteps: readonly ApprovalStep[];
  /** Decides where no approver of a step may. */
  readonly lead: string;
  /** These people do not decide: the submitter, staff who edited, the partner's channel account manager. */
  readonly fourEyes: {
    readonly submitter: boolean;
    readonly editor: boolean;
    readonly camOfPartner: boolean;
  };
  /** People whom the programme names a conflict of interest for; they do not decide. */
  readonly conflicted?: readonly string[] | undefined;
  /** A person approves at most one step. */
  readonly distinctApprovers: boolean;
  /** The version whose protection window counts. */
  readonly termsOf: 'submission' | 'decision';
  readonly protectionDays: number;
  readonly extensionDays: number;
  readonly maxExtensions: number;
  /** An extension is asked for in the last days of the protection. */
  readonly extensionRequestDays: number;
  readonly expiryNoticeDays: readonly number[];
  readonly expiryAfterConversion: 'runs' | 'stops';
  /** A linked opportunity converts an approved registration. */
  readonly convertWhenLinked: boolean;
  /** Protection lapses after so many days without activity. Null: it does not. */
  readonly activityDays: number | null;
  readonly appealDays: number;
  readonly infoDays: number;
  /** The texts of the reasons, by move and code. Absent: every reason can be chosen. */
  readonly reasons?: ProgrammeReasons | undefined;
  /** IANA name of the zone whose days count. Absent: UTC. */
  readonly protectionZone?: string | undefined;
  /** The fields of a submission for this deal. Absent: those of a programme that writes no form. */
  readonly form?: RegistrationForm | undefined;
}
