import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { CrmDecisions } from './decisions.ts';
import type { RemoteFailure } from './failures.ts';
import type { ObjectDescription, RemoteFields } from './records.ts';
import type { AccessCheck, RemoteSystem } from './remote-system.ts';

/** A CRM: Fairway installs its fields in it, reads it, writes to it, and receives hints of changes. */
export interface CrmConnector extends RemoteSystem {
  readonly role: 'crm';
  /**
   * Adds the missing objects and fields of the schema and changes nothing else. A second call creates
   * nothing.
   */
  install(schema: readonly CrmObject[]): Promise<InstallReport>;
  /**
   * Asks for everything that Fairway uses and changes nothing.
   * @throws ConnectorError when the sign-in is refused
   */
  readonly checkAccess?: (schema: readonly CrmObject[]) => Promise<readonly AccessCheck[]>;
  /**
   * A cheap look at what reads of changes miss, for a connection to which the vendor announces nothing: deleted
   * records and references that are stored outside the record. Absent where reads or announcements show them.
   */
  readonly silentChanges?: {
    /** The number of records that exist. */
    count(object: string): Promise<number>;
    /** The present values of those of these fields that are such references, by record id. */
    references(
      object: string,
      extIds: readonly string[],
      fields: readonly string[],
    ): Promise<ReadonlyMap<string, RemoteFields>>;
  };
  /** What an admin does so that we see a field of an object, with the page of the vendor's settings. */
  readonly hiddenFieldFix?: (object: string, field: string) => string;
  /**
   * The ways in which this CRM's accounts may say that they are partners, with the number of accounts that each
   * marks. It costs about one call for each.
   */
  readonly partnerCandidates?: () => Promise<readonly PartnerCandidate[]>;
  /**
   * The active rules of an object that may refuse a write. Absent when the vendor does not show them. It
   * costs calls, so it is only used when a person asks.
   * @throws ConnectorError `permission`, `mapping` or `gone` when the vendor does not show them to us
   */
  readonly writeRules?: (description: ObjectDescription) => Promise<readonly WriteRule[]>;
  /**
   * The currency of amounts that name none, and the time zone in which an instant is a day. Absent when the
   * vendor has no such settings.
   * @throws ConnectorError
   */
  readonly region?: () => Promise<Region>;
  push(batch: PushBatch): Promise<readonly PushOutcome[]>;
  /**
   * The number of writes to hand over at once when a person is not waiting, for a vendor that processes many
   * rows as one job.
   */
  readonly pushRows?: number;
  /**
   * The outcomes of a job that an earlier push began without seeing its end: one outcome for each row of the
   * batch, which may be a part of the job. Waits for the end of the job or ends it; after that the job writes
   * nothing more. Rows that the job did not process, and all rows of a job that the vendor no longer knows,
   * fail with class `retry`. Present in every connector that calls `onJob`.
   */
  readonly recoverJob?: (ticket: string, batch: PushBatch) => Promise<readonly PushOutcome[]>;
  /**
   * The proof that a webhook comes from the vendor: its signature, which is cheap to check at any rate, or,
   * for a vendor that signs nothing, the secret part of the address. Absent when this connection accepts no
   * webhooks.
   */
  readonly webhookProof?: 'signature' | 'address';
  /** Null when the signature, the age or the shape is wrong. */
  verifyWebhook(request: WebhookRequest): WebhookVerdict | null;
  /**
   * Receives hints until `signal` aborts. Rejects when the stream breaks, and may then be called again. Our
   * own writes are left out when the vendor marks them. A position that the vendor no longer knows becomes a
   * hint without an id for each object. Null when the connection has no such stream.
   */
  readonly listen: ((request: ListenRequest) => Promise<void>) | null;
  /**
   * The records among these that no longer exist in the CRM and cannot be restored there either. Present in
   * every connector whose hints say `erased`: such a hint is checked with it before anything is erased.
   */
  readonly purged?: (object: string, extIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /**
   * The people among these ids who own records. Ids that the vendor does not know as a person, such as a queue,
   * are absent from the answer. Absent when the vendor has no owners.
   * @throws ConnectorError `permission` when we may not read people
   */
  readonly owners?: (extIds: readonly string[]) => Promise<readonly RecordOwner[]>;
  /** Absent when the CRM does not prove who made a decision. */
  readonly decisions?: CrmDecisions;
}

/** Accounts with one of these values in a field are partners. */
export interface PartnerRule {
  /** The vendor's name of the field. */
  readonly field: string;
  /** The vendor's values; `true` for a checkbox. */
  readonly values: readonly string[];
}

/** A rule that this CRM's accounts offer. */
export interface PartnerCandidate extends PartnerRule {
  /** The rule in words, such as `Type is Partner`. */
  readonly label: string;
  /** The number of accounts that the rule marks. */
  readonly accounts: number;
  /** True when the rule can mean nothing else, so that it is used when no person can choose. */
  readonly usual: boolean;
}

/** A person in the CRM who owns records. */
export interface RecordOwner {
  /** The id by which records name the person. */
  readonly extId: string;
  readonly name: string;
  readonly email: string | null;
}

/** The regional settings of the customer's account. */
export interface Region {
  /** ISO 4217. Null when the vendor does not say. */
  readonly currency: string | null;
  /** An IANA name, such as `America/Phoenix`. Null when the vendor does not say. */
  readonly timeZone: string | null;
}

export interface InstallReport {
  /** The vendor's names of everything that was created. Empty when nothing was missing. */
  readonly created: readonly string[];
  readonly existing: number;
  /** What the account cannot give: one sentence each, which says how Fairway works without it. */
  readonly degraded?: readonly string[];
  /** Settings of the connection that follow from that. */
  readonly discovered?: RemoteFields;
}

export interface RemoteWrite {
  /** Chosen by the caller, unique within the batch, and repeated in the outcome. */
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
  /** Any number. The connector splits them to the vendor's limits. */
  readonly writes: readonly RemoteWrite[];
  /** Called and awaited before the vendor receives rows that it will process even if this process dies. */
  readonly onJob?: (job: PushJob) => Promise<void>;
}

/** Rows that the vendor processes on its own after it has received them. See `recoverJob`. */
export interface PushJob {
  /** The vendor's id of the job. */
  readonly ticket: string;
  readonly writeIds: readonly string[];
}

/**
 * One per write, in any order. `modifiedAt` is the vendor's stamp of the write or a lower bound of it, ISO
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

/** A rule that the customer set up in the CRM and that may refuse a write. */
export interface WriteRule {
  readonly name: string;
  readonly kind: 'validation' | 'duplicate';
  /** The vendor's failure when it refuses a write by this rule. */
  readonly failure: RemoteFailure;
  /** The vendor's fields that `judge` needs. */
  readonly reads: readonly string[];
  readonly judge: (write: JudgedWrite) => RuleVerdict;
}

export interface JudgedWrite {
  readonly operation: PushBatch['operation'];
  /** The values to write. */
  readonly fields: RemoteFields;
  /** The values that the record holds now. A field that is absent is unknown. */
  readonly current: RemoteFields;
}

/** `unknown`: the rule depends on facts that only the vendor has, or on a formula that we cannot evaluate. */
export type RuleVerdict = 'passes' | 'refuses' | 'unknown';

/** Reports that something changed. A hint names records; their values are always read from the CRM. */
export interface Hint {
  readonly object: string;
  /** Null when the vendor cannot name every changed record, so the whole object has to be read again. */
  readonly extId: string | null;
  /** The vendor says that it erased the record for privacy. `purged` confirms it before we erase our copy. */
  readonly erased?: true;
}

export interface WebhookRequest {
  readonly method: string;
  /** The public URL that the vendor called. It is built from our configuration, never from headers. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  readonly receivedAt: Date;
}

export interface WebhookVerdict {
  readonly hints: readonly Hint[];
  /** The answer that the vendor expects. Null for an empty 204. */
  readonly reply: { readonly contentType: string; readonly body: string } | null;
}

/** Continues a stream of hints from a stored position. */
export interface ListenRequest {
  /** The vendor's names of the objects to report. */
  readonly objects: readonly string[];
  /** The position of the last batch that was stored. Null starts at the present. */
  readonly position: string | null;
  /** Called with one batch at a time. Once it resolves, the batch need not be delivered again. */
  readonly deliver: (batch: { readonly hints: readonly Hint[]; readonly position: string }) => Promise<void>;
  readonly signal: AbortSignal;
}
