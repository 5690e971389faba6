import type { ErrorCode } from '#src/domain/errors.ts';
import type { Instant, LifecyclePerson, LifecycleRegistration } from './registration.ts';
import type { Move } from './states.ts';

/** The way a command came in. */
export type CommandSource = 'console' | 'api' | 'csv' | 'webhook' | 'crm';

/**
 * The verdict of the rules of engagement. `ask`: the partner must add something first; `pending`: the rules were not
 * applied yet.
 */
export type RulesVerdict = 'clear' | 'review' | 'block' | 'ask' | 'pending';

/** A registration in force that an approval would stand beside: its partner is protected for the same deal. */
export interface RivalInForce {
  readonly id: string;
  readonly number: string;
  readonly partner: string;
  /** Why the rules take it for the same deal, in words for staff. */
  readonly finding: string;
}

/** The values that come with a command. A move uses only its part of it. */
export interface CommandValues {
  readonly reasonCode?: string | undefined;
  readonly text?: string | undefined;
  readonly question?: string | undefined;
  readonly answer?: string | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly opportunity?: string | undefined;
  readonly supersedes?: string | undefined;
  readonly supersededBy?: string | undefined;
  /** The registrations in force that compete with the deal when it is approved. The operation finds them. */
  readonly rivalsInForce?: readonly RivalInForce[] | undefined;
  /** The rivals in force that the person saw, and why the registration is approved nevertheless. */
  readonly over?: { readonly rivals: readonly string[]; readonly reason: string } | undefined;
  readonly rules?: RulesVerdict | undefined;
  readonly rulesCode?: string | undefined;
  /** What the rules found, in words that the partner may read. */
  readonly rulesText?: string | undefined;
  /** When the CRM created the record, from which the promised time counts. Absent: the instant of the command. */
  readonly since?: number | undefined;
  /** Who created the record in the CRM, as `LifecycleRegistration.createdBy`. Absent for other submissions. */
  readonly createdBy?: readonly string[] | null | undefined;
  readonly deal?: string | undefined;
  readonly terms?: Readonly<Record<string, string>> | undefined;
  readonly number?: string | undefined;
  readonly partner?: string | undefined;
  readonly key?: string | undefined;
}

export interface LifecycleCommand {
  readonly at: Instant;
  readonly by: string;
  readonly via: CommandSource;
  /** `undo` withdraws a decision that was deferred. */
  readonly do: Move | 'submit' | 'edit' | 'undo';
  /** The move is checked now and applied at an instant, unless its author undoes it. */
  readonly defer?: { readonly id: string; readonly until: Instant } | undefined;
  /** The id of the deferred move that this command is, when its time has come. */
  readonly deferredId?: string | undefined;
  /** The id of the registration; for a submission, the id of the one it may create. */
  readonly registration: string;
  /** The version that the person saw. */
  readonly ifVersion?: number | undefined;
  /** Why a decision that was made in the CRM cannot count, whatever it says. */
  readonly inadmissible?: string | undefined;
  readonly with: CommandValues;
}

/** `code` is that of the error; `reason` and the other values explain it. */
export interface Refusal {
  readonly code: Extract<ErrorCode, 'bad_request' | 'not_allowed' | 'not_found' | 'conflict'>;
  readonly reason: string;
  readonly [detail: string]: unknown;
}

/** A command about a registration with what is known about both. */
export interface Received {
  readonly command: LifecycleCommand;
  readonly person: LifecyclePerson;
  readonly registration: LifecycleRegistration;
}

export function isEmptyText(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
