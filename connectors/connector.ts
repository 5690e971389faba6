import type { CrmObject } from '#src/domain/crm-schema.ts';

/** What a system is asked to do, whoever makes it. One folder per vendor implements this; `registry.ts` lists them. */
export const systemKinds = ['salesforce', 'hubspot', 'files'] as const;
export type SystemKind = (typeof systemKinds)[number];

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type RemoteFields = Readonly<Record<string, JsonValue>>;

export interface RemoteRecord {
  readonly extId: string;
  /** Only the fields asked for, under the vendor's own names. An association is a pseudo-field (see `describe`). */
  readonly fields: RemoteFields;
  /** The vendor's own modification stamp, ISO 8601 UTC with its full precision. */
  readonly modifiedAt: string;
  readonly deleted: boolean;
}

export interface RemoteField {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'picklist' | 'reference';
  readonly length?: number;
  /** Active picklist values, in the vendor's order. Absent unless `type` is `picklist`. */
  readonly values?: readonly string[];
  /** Objects a reference can point at, by the vendor's names. */
  readonly referenceTo?: readonly string[];
  readonly required: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
}

export interface ObjectDescription {
  readonly object: string;
  readonly label: string;
  /** HubSpot associations appear as reference fields named `assoc:<toObject>`. */
  readonly fields: readonly RemoteField[];
}

/**
 * Reads everything modified at or after `since`, in ascending id order, so that any number of rows may share one
 * timestamp and a crash resumes at `afterId` without loss.
 */
export interface PullRequest {
  readonly object: string;
  readonly fields: readonly string[];
  /** ISO 8601 UTC, inclusive; null reads everything. */
  readonly since: string | null;
  /** Resume: only ids after this one. */
  readonly afterId: string | null;
}

export interface PullPage {
  readonly records: readonly RemoteRecord[];
  /** The vendor's clock when this pull's first request was answered; the next pull may start from here. */
  readonly serverTime: string;
  /** Records that exist but could not be read (a malformed file row); the rest goes on. */
  readonly problems?: readonly RecordProblem[];
}

export interface RecordProblem {
  /** Where: a record id, or `invoices-2026-10.csv:17`. */
  readonly ref: string;
  readonly failure: RemoteFailure;
}

export interface RemoteWrite {
  /** Ours; comes back in the outcome. Unique within the batch. */
  readonly id: string;
  /** The vendor's record id, for `update`. */
  readonly extId: string | null;
  /** The value of the batch's `keyField`, for `upsert`. */
  readonly keyValue: string | null;
  readonly fields: RemoteFields;
}

export interface PushBatch {
  readonly object: string;
  readonly operation: 'update' | 'upsert';
  /** The vendor's name of the unique external id field, for `upsert`. */
  readonly keyField: string | null;
  /** Any number; the connector splits to the vendor's limits. */
  readonly writes: readonly RemoteWrite[];
}

/** One per write, in any order. */
export type PushOutcome =
  | { readonly id: string; readonly ok: true; readonly extId: string; readonly created: boolean }
  | { readonly id: string; readonly ok: false; readonly failure: RemoteFailure };

/**
 * retry: transient · throttle: a limit, see `retryAfterMs` · auth: credentials · validation: the customer's rules refuse
 * the values · mapping: a field or object that is not there · permission: the integration user may not · gone: deleted or merged.
 */
export const failureClasses = ['retry', 'throttle', 'auth', 'validation', 'mapping', 'permission', 'gone'] as const;
export type FailureClass = (typeof failureClasses)[number];

export interface RemoteFailure {
  readonly class: FailureClass;
  /** The vendor's code, e.g. `FIELD_CUSTOM_VALIDATION_EXCEPTION`, or ours for files, e.g. `amount_unreadable`. */
  readonly code: string;
  /** The vendor's words. */
  readonly message: string;
  /** What the ops admin can do, in one sentence. */
  readonly fix: string;
  readonly fields?: readonly string[];
  readonly retryAfterMs?: number;
}

/** A whole call failed. Row failures are outcomes, not errors. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly failure: RemoteFailure;

  constructor(failure: RemoteFailure, cause?: unknown) {
    super(`${failure.code}: ${failure.message}`, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

export interface Limits {
  /** Calls used and allowed in the vendor's longest window (a day), when the vendor says. */
  readonly used: number | null;
  readonly allowed: number | null;
}

export interface AccountCheck {
  /** What the vendor calls the account we are signed in to. */
  readonly account: string;
  readonly limits: Limits;
  /** What the vendor told us about the account that belongs among the connection's settings, e.g. where its pages are. */
  readonly learned: RemoteFields;
}

export interface InstallReport {
  /** Vendor names of what was created; empty when all of it was there. */
  readonly created: readonly string[];
  readonly existing: number;
}

export interface WebhookRequest {
  readonly method: string;
  /** The public URL the vendor called, rebuilt from configuration, never from headers. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  readonly receivedAt: Date;
}

/** A hint says that something changed. It carries ids, never truth. */
export interface Hint {
  readonly object: string;
  readonly extId: string;
}

export interface Connector {
  readonly kind: SystemKind;
  /** The vendor's object name for one of ours, or null when this system does not hold it. */
  objectFor(kind: 'account' | 'opportunity' | 'registration' | 'payout' | 'invoice'): string | null;
  /** Signs in and asks something cheap. Throws `ConnectorError` saying what the vendor answered and what to change. */
  check(): Promise<AccountCheck>;
  describe(object: string): Promise<ObjectDescription>;
  /** Adds what is missing of the schema, touches nothing else; a second call creates nothing. */
  install(schema: readonly CrmObject[]): Promise<InstallReport>;
  pull(request: PullRequest): AsyncIterable<PullPage>;
  /** Current state of these records; ids that are gone come back with `deleted: true`. */
  fetch(object: string, extIds: readonly string[], fields: readonly string[]): Promise<readonly RemoteRecord[]>;
  push(batch: PushBatch): Promise<readonly PushOutcome[]>;
  /** Null when the signature, age or shape is wrong. */
  verifyWebhook(request: WebhookRequest): readonly Hint[] | null;
  limits(): Limits;
  /** HTTP calls made to the vendor's data and metadata API by this instance so far (sign-in not counted). */
  calls(): number;
  close(): Promise<void>;
}

/** What a connector is made from. Secrets arrive decrypted, live only in memory, and are never logged. */
export interface ConnectorInput {
  readonly settings: RemoteFields;
  readonly secrets: Readonly<Record<string, string>>;
  readonly now: () => Date;
}
