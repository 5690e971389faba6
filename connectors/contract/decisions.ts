/** Decisions about registrations that people make in a CRM. */

export interface CrmDecisions {
  /**
   * The decisions that wait in the CRM, and perhaps some that were read before, which have the same keys again.
   * @throws ConnectorError `mapping`, `gone` or `permission` where the parts for decisions are not installed
   */
  read(request: DecisionRequest): Promise<readonly CrmDecision[]>;
  /**
   * Empties the fields of these registrations that hold a decision. Absent where a decision is a record, which
   * stays. Read the same registrations again afterwards: a decision that was made meanwhile is emptied too, and the
   * history of the fields still has it.
   * @throws ConnectorError
   */
  readonly clear?: (registrations: readonly string[]) => Promise<void>;
  /**
   * The e-mail addresses of the people who created these registrations, by the vendor's ids: null where Fairway or
   * another program created the record. A record that is not shown is absent, and so is one whose creator is not shown.
   * @throws ConnectorError
   */
  creators(registrations: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
}

export interface DecisionRequest {
  /** The latest `changedAt` that was read before; null reads all. Decisions from shortly before it are read again. */
  readonly since: string | null;
  /**
   * When the CRM was connected. An org may have years of approvals from before, which were not made for Fairway and are
   * left out. ISO 8601 UTC.
   */
  readonly connectedAt: string;
  /** Registrations that changed a moment ago, by the vendor's ids: a search may not show them yet. */
  readonly registrations: readonly string[];
}

/** One decision as it was made. Nothing in it is trusted but what the vendor sets itself: key, author and instants. */
export interface CrmDecision {
  /** Names the decision in this CRM for ever. */
  readonly key: string;
  /** The vendor's id of the registration. Null when the decision names none. */
  readonly registration: string | null;
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  /** When the vendor last changed it, for `DecisionRequest.since`. */
  readonly changedAt: string;
  /** A move, such as `approve`, as the person chose it. */
  readonly decision: string;
  readonly reasonCode: string | null;
  readonly text: string | null;
  /** The version of the registration that the page showed. Null where the page does not say. */
  readonly seenVersion: number | null;
  /** The e-mail address of the person who made it. Null when the vendor does not prove who that is. */
  readonly authorEmail: string | null;
  readonly problem: DecisionProblem | null;
}

/**
 * `author_not_proven`: an automation, an integration or an unknown user · `decision_changed`: it was edited later ·
 * `decided_for_another`: a delegate or an administrator decided an approval that was assigned to somebody else.
 */
export type DecisionProblem = 'author_not_proven' | 'decision_changed' | 'decided_for_another';
