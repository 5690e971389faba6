import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

/**
 * What a system is asked to do, whoever makes it. One folder per vendor implements this; `registry.ts` lists
 * them.
 */
export const systemKinds = ['salesforce', 'hubspot', 'files'] as const;
export type SystemKind = (typeof systemKinds)[number];

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type RemoteFields = Readonly<Record<string, JsonValue>>;

export interface RemoteRecord {
  readonly extId: string;
  /**
   * Only the fields asked for, under the vendor's own names. An association is a pseudo-field (see
   * `describe`).
   */
  readonly fields: RemoteFields;
  /** The vendor's own modification stamp, ISO 8601 UTC with its full precision. */
  readonly modifiedAt: string;
  readonly deleted: boolean;
  /** Gone because it was merged: the record its id leads to now. Goes with `deleted`. */
  readonly mergedInto?: string;
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
  /** No two records may hold the same value. */
  readonly unique?: true;
}

export interface ObjectDescription {
  readonly object: string;
  readonly label: string;
  /** HubSpot associations appear as reference fields named `assoc:<toObject>`. */
  readonly fields: readonly RemoteField[];
}

/**
 * Reads everything modified at or after `since`, deletions and merges included unless everything is read. Any
 * number of rows may share one timestamp; a crash resumes with the last page's `resume` without loss.
 */
export interface PullRequest {
  readonly object: string;
  readonly fields: readonly string[];
  /** ISO 8601 UTC, inclusive; null reads everything that is there. */
  readonly since: string | null;
  /** Goes on after the page that carried this; null begins. */
  readonly resume: string | null;
}

export interface PullPage {
  readonly records: readonly RemoteRecord[];
  /** What to give to go on after this page. Opaque to everybody else, valid for at least a day. */
  readonly resume: string;
  /** How many records the whole read will give, when the vendor says. */
  readonly total: number | null;
  /**
   * Our clock just before the vendor was asked for this page: it shows every write that was answered before.
   */
  readonly askedAt: Date;
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
  /**
   * Waited for before a job gets any rows that the vendor will work on whatever becomes of us: see `takeUp`.
   */
  readonly onJob?: (job: PushJob) => Promise<void>;
}

/** Rows the vendor works on by itself once it has them. */
export interface PushJob {
  /** The vendor's name of it. */
  readonly ticket: string;
  readonly writeIds: readonly string[];
}

/**
 * One per write, in any order. `modifiedAt` is the vendor's stamp of the write, or a lower bound of it; ISO
 * 8601 UTC.
 */
export type PushOutcome =
  | {
      readonly id: string;
      readonly ok: true;
      readonly extId: string;
      readonly created: boolean;
      readonly modifiedAt: string;
    }
  | { readonly id: string; readonly ok: false; readonly failure: RemoteFailure };

/**
 * retry: transient · throttle: a limit, see `retryAfterMs` · auth: credentials · validation: the customer's
 * rules refuse the values · mapping: a field or object that is not there · permission: the integration user
 * may not · gone: deleted or merged.
 */
export const failureClasses = [
  'retry',
  'throttle',
  'auth',
  'validation',
  'mapping',
  'permission',
  'gone',
] as const;
export type FailureClass = (typeof failureClasses)[number];

export interface RemoteFailure {
  readonly class: FailureClass;
  /**
   * The vendor's code, e.g. `FIELD_CUSTOM_VALIDATION_EXCEPTION`, or ours for files, e.g. `amount_unreadable`.
   */
  readonly code: string;
  /** The vendor's words. */
  readonly message: string;
  /** What the ops admin can do, in one sentence. */
  readonly fix: string;
  readonly fields?: readonly string[];
  readonly retryAfterMs?: number;
}

/**
 * A rule of the customer's own that may refuse a write, as far as it can be known before the vendor is asked
 * to write.
 */
export interface WriteRule {
  readonly name: string;
  readonly sort: 'validation' | 'duplicate';
  /** What the vendor says when it refuses by this rule. */
  readonly failure: RemoteFailure;
  /** The vendor's fields that `judge` wants to know. */
  readonly reads: readonly string[];
  readonly judge: (write: JudgedWrite) => RuleVerdict;
}

export interface JudgedWrite {
  readonly operation: PushBatch['operation'];
  /** What is to be written. */
  readonly fields: RemoteFields;
  /** What stands in the record besides. Of a field that is absent it is not known. */
  readonly standing: RemoteFields;
}

/**
 * `unknown`: the rule depends on what only the vendor knows, or is written in words of which we are not
 * certain.
 */
export type RuleVerdict = 'passes' | 'refuses' | 'unknown';

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
  /**
   * What the vendor told us about the account that belongs among the connection's settings, e.g. where its
   * pages are.
   */
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
  /** Null: more changed than is told one by one, so the object is to be read again. */
  readonly extId: string | null;
  /** Erased for privacy at the vendor's: what we know of it must go, too. */
  readonly erased?: true;
}

export interface WebhookVerdict {
  readonly hints: readonly Hint[];
  /** What the vendor wants to hear; null for an empty 204. */
  readonly reply: { readonly contentType: string; readonly body: string } | null;
}

/** A stream of hints, from where we left it. */
export interface ListenRequest {
  /** The vendor's names of the objects we care for. */
  readonly objects: readonly string[];
  /** The position of the last batch that was kept; null begins now. */
  readonly position: string | null;
  /** Called one batch at a time; the next waits for it. Once it resolved, the batch need not come again. */
  readonly deliver: (batch: { readonly hints: readonly Hint[]; readonly position: string }) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * What a vendor allows in a span of time. Connectors declare theirs with the vendor's cautious default;
 * answers tell the real number.
 */
export interface BudgetWindow {
  readonly name: 'day' | 'burst' | 'search';
  readonly lengthMs: number;
  readonly allowed: number;
  /** Which sorts of call count towards it. */
  readonly counts: readonly CallSort[];
}
export type CallSort = 'call' | 'search';

/** What an answer said about one window. */
export interface WindowReading {
  readonly name: BudgetWindow['name'];
  readonly allowed: number;
  readonly used: number;
}

/** Asked before every call to the vendor's API, by all processes together. */
export interface CallGate {
  /**
   * Resolves when one more call may leave, and counts it.
   * @throws ConnectorError of class `throttle`, with `retryAfterMs`, when the wait is too long to sit out
   */
  admit(sort: CallSort): Promise<void>;
  /** The vendor's own count decides. Never throws. */
  learn(readings: readonly WindowReading[]): Promise<void>;
  /** The vendor refused: nobody calls before this many milliseconds have passed. Never throws. */
  hold(name: BudgetWindow['name'], ms: number): Promise<void>;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** ISO 8601 UTC; null when the vendor does not say. */
  readonly expiresAt: string | null;
}

/** Where OAuth tokens are kept, sealed, one set a connection, shared by all processes. */
export interface TokenVault {
  /** Null when the connection was not made with tokens. */
  current(): Promise<Tokens | null>;
  /**
   * Replaces tokens whose access token was refused or has expired. One process exchanges, the others wait and
   * get what it got; both new tokens are stored before anybody uses them. When somebody else has renewed
   * since, `exchange` is not called.
   *
   * @param rotates a refresh token works once: after an exchange that nobody knows the end of, it is never
   * sent again
   * @throws ConnectorError of class `auth` when an earlier exchange was interrupted so
   */
  renew(
    refused: string,
    exchange: (current: Tokens) => Promise<Tokens>,
    options: { readonly rotates: boolean },
  ): Promise<Tokens>;
}

export interface Connector {
  readonly kind: SystemKind;
  /** The vendor's object name for one of ours, or null when this system does not hold it. */
  objectFor(kind: CanonicalKind): string | null;
  /**
   * Signs in and asks something cheap. Throws `ConnectorError` saying what the vendor answered and what to
   * change.
   */
  check(): Promise<AccountCheck>;
  describe(object: string): Promise<ObjectDescription>;
  /** Adds what is missing of the schema, touches nothing else; a second call creates nothing. */
  /**
   * The active rules of an object that may refuse a write, where the vendor tells them. Costs calls: for when
   * somebody asks.
   * @throws ConnectorError `permission`, `mapping` or `gone` when the vendor does not show them to us
   */
  readonly writeRules?: (description: ObjectDescription) => Promise<readonly WriteRule[]>;
  install(schema: readonly CrmObject[]): Promise<InstallReport>;
  pull(request: PullRequest): AsyncIterable<PullPage>;
  /**
   * Current state of these records. An id that the vendor says is gone comes back with `deleted: true`; one
   * that was merged with `mergedInto` besides, and the survivor comes, too. An id that is absent from the
   * answer is one of which the vendor says nothing: it was purged, or we may no longer see it. That alone is
   * no reason to take anything back.
   */
  fetch(
    object: string,
    extIds: readonly string[],
    fields: readonly string[],
  ): Promise<readonly RemoteRecord[]>;
  push(batch: PushBatch): Promise<readonly PushOutcome[]>;
  /**
   * What became of a job that an earlier push began and did not see the end of: one outcome a row of the
   * batch, which may be some of the job's. Waits for its end or ends it; once this returns it writes nothing
   * more. What it never came to, and all of a job the vendor does not know any more, is of class `retry`. For
   * connectors that call `onJob`.
   */
  readonly takeUp?: (ticket: string, batch: PushBatch) => Promise<readonly PushOutcome[]>;
  /**
   * How many writes are best handed over at once while nobody waits, where the vendor takes many rows as one
   * job.
   */
  readonly pushRows?: number;
  /** Null when the signature, age or shape is wrong. */
  verifyWebhook(request: WebhookRequest): WebhookVerdict | null;
  /**
   * What shows that a webhook is the vendor's: its signature, told by a glance at whatever rate it comes; or,
   * where nothing is signed, only that it came to an address nobody else knows. Absent: it takes none.
   */
  readonly webhookProof?: 'signature' | 'address';
  /**
   * Hears what changed until `signal` aborts; rejects when the stream breaks, and may then be called again.
   * Our own writes are left out where the vendor tells them apart. A position the vendor no longer knows
   * becomes a hint without id for each object. Null when the connection has no such stream.
   */
  readonly listen: ((request: ListenRequest) => Promise<void>) | null;
  limits(): Limits;
  /** What the vendor allows, before it has said so itself; empty where calls cost nothing. */
  windows(): readonly BudgetWindow[];
  /** HTTP calls made to the vendor's data and metadata API by this instance so far (sign-in not counted). */
  calls(): number;
  close(): Promise<void>;
}

/** What a connector is made from. Secrets arrive decrypted, live only in memory, and are never logged. */
export interface ConnectorInput {
  readonly settings: RemoteFields;
  readonly secrets: Readonly<Record<string, string>>;
  readonly now: () => Date;
  readonly gate: CallGate;
  readonly tokens: TokenVault;
}
