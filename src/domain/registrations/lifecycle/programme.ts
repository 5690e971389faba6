import type { BusinessCalendar } from '#src/domain/service-levels/calendar.ts';
import type { Target } from '#src/domain/service-levels/target.ts';

/** One step of an approval: any one of these people approves it. */
export interface ApprovalStep {
  readonly name: string;
  readonly anyOf: readonly string[];
}

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
  /** IANA name of the zone whose days count. Absent: UTC. */
  readonly protectionZone?: string | undefined;
}
