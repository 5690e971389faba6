import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { BudgetWindow } from '#connectors/contract/limits.ts';
import type { JsonValue, ObjectDescription, RemoteFields } from '#connectors/contract/records.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import type { Policy } from '#src/domain/sync/merge.ts';
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { at, canonical, id } from './columns.ts';

/** A connection's secrets as they are stored. `connections/secrets.ts` seals and opens them. */
export interface SealedSecrets {
  readonly version: 1;
  /** First 8 hex digits of the master key's SHA-256: names the key that is needed and reveals nothing of it. */
  readonly keyId: string;
  /** The connection's data key, encrypted with the master key, in base64. */
  readonly dataKey: string;
  /** Each field encrypted with the data key, in base64. */
  readonly fields: Readonly<Record<string, string>>;
}

/** One CRM or ERP account we are signed in to. */
export const connection = pgTable('connection', {
  id: id(),
  kind: text().$type<SystemKind>().notNull(),
  name: text().notNull().unique(),
  settings: jsonb().$type<RemoteFields>().notNull(),
  /** Envelope-encrypted by `connections/secrets.ts`. */
  secrets: jsonb().$type<SealedSecrets>().notNull(),
  status: text().$type<'active' | 'failing' | 'disabled'>().notNull().default('active'),
  /** The vendor's name of the account we are signed in to. */
  account: text(),
  failure: jsonb().$type<RemoteFailure>(),
  callsUsed: integer('calls_used'),
  callsAllowed: integer('calls_allowed'),
  /**
   * No call is made before this instant, because the vendor's limit is used up or it refuses our credentials.
   */
  pausedUntil: at('paused_until'),
  /** When the pause began. A second refusal in a row pauses twice as long. */
  pausedAt: at('paused_at'),
  /** The reason, as a text for the admin. */
  pauseReason: text('pause_reason'),
  /** The calls that the customer lets Fairway make a day; null for all that the vendor allows. */
  dailyCallLimit: integer('daily_call_limit'),
  /** A reconciliation stops and asks when more than this percentage of an object's records is missing. */
  removalLimitPercent: integer('removal_limit_percent').notNull().default(5),
  /**
   * SHA-256, in hex, of the secret part of the address for webhooks without a signature; null while there is
   * no such address.
   */
  webhookTokenHash: text('webhook_token_hash'),
  checkedAt: at('checked_at'),
  installedAt: at('installed_at'),
  createdAt: at('created_at').notNull(),
});

/**
 * The progress of reading one object. `since` is the lower bound of the next read. During a read, `startedAt`
 * is the vendor's clock at the first page and `resume` is the position after the last stored page, so that a
 * crash loses nothing.
 */
export const cursor = pgTable(
  'cursor',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    since: text(),
    startedAt: text('started_at'),
    resume: text(),
    /**
     * During a read: the number of records read so far, the expected number, and our clock at the beginning.
     */
    done: integer().notNull().default(0),
    total: integer(),
    readStartedAt: at('read_started_at'),
    completedAt: at('completed_at'),
    /** When the whole object was last compared, by a first read or a reconciliation. */
    scannedAt: at('scanned_at'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object] })],
);

/**
 * The records of an object that the running reconciliation has seen. Rows of an interrupted one are not used.
 */
export const scanned = pgTable(
  'scanned',
  {
    connectionId: uuid('connection_id').notNull(),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] })],
);

/** The content hash of a record that the vendor has erased for privacy. */
export const erasedHash = 'erased';

/**
 * A record as the vendor last showed it. `mappedHash` differs from `hash` until the record has been placed.
 * Tables that get rows by the hundred thousand, such as this one, have no foreign key on the connection,
 * because checking it for each row takes longer than storing the row; a trigger on `connection` deletes them
 * instead.
 */
export const remoteRecord = pgTable(
  'remote_record',
  {
    connectionId: uuid('connection_id').notNull(),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    fields: jsonb().$type<RemoteFields>().notNull(),
    hash: text().notNull(),
    modifiedAt: at('modified_at').notNull(),
    /** A deleted record keeps the fields it last showed. */
    deleted: boolean().notNull().default(false),
    /** The record that its id leads to since the vendor merged it; null if it was not merged. */
    mergedInto: text('merged_into'),
    /** Our clock just before the request. Every write that the vendor had accepted by then is included. */
    pulledAt: at('pulled_at').notNull(),
    mappedHash: text('mapped_hash'),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.object, t.extId] }),
    index('remote_record_unmapped')
      .on(t.connectionId, t.object, t.extId)
      .where(sql`${t.mappedHash} is distinct from ${t.hash}`),
  ],
);

/**
 * A record whose present content could not be stored in the table of its kind, and in how many runs. After
 * some runs it is no longer tried until its content changes.
 */
export const placingFailure = pgTable(
  'placing_failure',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    /** `remote_record.hash` of the content that failed. */
    hash: text().notNull(),
    runs: integer().notNull(),
    /** The last run that was counted. */
    runId: uuid('run_id'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] })],
);

/**
 * Connects a vendor's record with ours. The link of a merged record stays and points to our record of the
 * survivor, so that references to the old id still work.
 */
export const link = pgTable(
  'link',
  {
    connectionId: uuid('connection_id').notNull(),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    kind: text().notNull(),
    recordId: uuid('record_id').notNull(),
    /**
     * The id of the surviving record since the vendor merged the two. Nothing is written to a merged record.
     */
    mergedInto: text('merged_into'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] }), index('link_record').on(t.recordId)],
);

/**
 * The values that were last equal on both sides: the base of a three-way merge. It has only fields that were
 * written to or edited in Fairway; for other fields the last placed value is the base. `fields` holds values
 * in the vendor's form, and `edits` holds when a field was changed in Fairway and not yet written. A record
 * that was pulled before the last write (`pulled_at` before `written_at`, or a stamp older than
 * `modified_at`) does not include that write; until the next pull, the CRM holds `fields`.
 */
export const shadow = pgTable(
  'shadow',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    fields: jsonb().$type<RemoteFields>().notNull(),
    /** Our field → ISO instant of the edit in Fairway. */
    edits: jsonb().$type<Readonly<Record<string, string>>>().notNull().default({}),
    /**
     * Values that were sent while it is not yet known whether they arrived. A read that returns one of them
     * is recognised as our own write.
     */
    sent: jsonb().$type<Readonly<Record<string, readonly JsonValue[]>>>().notNull().default({}),
    /** Our clock when the vendor had accepted the last write; null before the first write. */
    writtenAt: at('written_at'),
    /** The vendor's stamp of that write, or a lower bound of it. */
    modifiedAt: at('modified_at'),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.object, t.extId] }),
    index('shadow_edited')
      .on(t.connectionId, t.object)
      .where(sql`${t.edits} <> '{}'::jsonb`),
  ],
);

/**
 * The fields of an object, as the vendor describes them. They are asked for once, and again when a mapping no
 * longer fits.
 */
export const objectDescription = pgTable(
  'object_description',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    description: jsonb().$type<ObjectDescription>().notNull(),
    describedAt: at('described_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object] })],
);

/**
 * A conflict: one field that both sides changed, and how it was decided. It never changes once it is settled.
 */
export const resolution = pgTable(
  'resolution',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    kind: text().notNull(),
    recordId: uuid('record_id').notNull(),
    /** Our name of the field. The three values are canonical. */
    field: text().notNull(),
    base: canonical(),
    theirs: canonical(),
    ours: canonical(),
    policy: text().$type<Policy>().notNull(),
    /** Null while a person is to decide. */
    winner: text().$type<'crm' | 'fairway'>(),
    mappingVersion: integer('mapping_version').notNull(),
    /** The person who decided; null when the policy decided. */
    decidedBy: uuid('decided_by'),
    at: at('at').notNull(),
    settledAt: at('settled_at'),
  },
  (t) => [
    uniqueIndex('resolution_open')
      .on(t.connectionId, t.object, t.extId, t.field)
      .where(sql`${t.winner} is null`),
    index('resolution_record').on(t.recordId, t.at),
  ],
);

/** A change that the CRM made to a known record, for the record's timeline. Old rows are deleted. */
export const remoteChange = pgTable(
  'remote_change',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    what: text().$type<'changed' | 'deleted' | 'restored' | 'merged' | 'erased'>().notNull(),
    /** The vendor's field → the values before and after. */
    changes: jsonb().$type<Readonly<Record<string, readonly [JsonValue, JsonValue]>>>().notNull(),
    via: text().$type<'read' | 'hint' | 'scan' | 'write'>().notNull(),
    /** The vendor's stamp of the change. */
    modifiedAt: at('modified_at').notNull(),
    at: at('at').notNull(),
  },
  (t) => [index('remote_change_record').on(t.connectionId, t.object, t.extId, t.at)],
);

/** A message that a record has changed and must be fetched. The same hint is stored once. */
export const hint = pgTable(
  'hint',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    /** Empty when the whole object must be read again. */
    extId: text('ext_id').notNull(),
    erased: boolean().notNull().default(false),
    /** `recheck`: Fairway itself asks, because what it holds may be out of date. */
    via: text().$type<'webhook' | 'stream' | 'recheck'>().notNull(),
    /**
     * Changes whenever the hint arrives again, so that a hint that arrives during its fetch is not deleted
     * with the earlier one.
     */
    token: uuid().notNull(),
    times: integer().notNull().default(1),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] })],
);

/**
 * The process that listens to a connection's stream of hints, and its position. A lease ensures that there is
 * only one.
 */
export const listening = pgTable('listening', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connection.id, { onDelete: 'cascade' }),
  position: text(),
  leaseHolder: uuid('lease_holder'),
  leasedUntil: at('leased_until'),
  /** When the stream last delivered an event or a sign that it is alive. */
  lastEventAt: at('last_event_at'),
  error: text(),
});

/** The use of one of a vendor's call limits. All processes share the row and lock it. */
export const budget = pgTable(
  'budget',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    window: text('window_name').$type<BudgetWindow['name']>().notNull(),
    allowed: integer().notNull(),
    /**
     * When each call of a short window was allowed to leave, in seconds since 1970 by the database's clock.
     */
    callTimes: doublePrecision('call_times').array().notNull().default([]),
    /** All calls in a long window: the vendor's last report plus the calls counted since. */
    used: integer().notNull().default(0),
    /** The calls of Fairway among them, which the customer may limit. */
    usedByFairway: integer('used_by_fairway').notNull().default(0),
    reportedAt: at('reported_at'),
    windowStartedAt: at('window_started_at').notNull(),
    blockedUntil: at('blocked_until'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.window] })],
);

/**
 * OAuth tokens of a connection, encrypted. `exchanging` is the SHA-256 of the refresh token whose exchange
 * began and has not ended.
 */
export const connectionToken = pgTable('connection_token', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connection.id, { onDelete: 'cascade' }),
  tokens: jsonb().$type<SealedSecrets>().notNull(),
  exchanging: text(),
  renewedAt: at('renewed_at').notNull(),
});

/**
 * How far a vendor's clock is ahead of the database's, by the Date header of its last answer. The run compares
 * it with our own clocks before it does anything that ends with time.
 */
export const vendorClock = pgTable('vendor_clock', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connection.id, { onDelete: 'cascade' }),
  aheadMs: bigint('ahead_ms', { mode: 'number' }).notNull(),
  readAt: at('read_at').notNull(),
});

/**
 * A person in a CRM who owns records, by the CRM's id. An owner that the CRM does not show has a row without a
 * name, so that it is not asked for again at once.
 */
export const crmOwner = pgTable(
  'crm_owner',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    extId: text('ext_id').notNull(),
    name: text(),
    email: text(),
    readAt: at('read_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.extId] })],
);

/** A change of a connection's health, or something else that an admin must know. It is sent once. */
export const alert = pgTable('alert', {
  id: id(),
  connectionId: uuid('connection_id')
    .notNull()
    .references(() => connection.id, { onDelete: 'cascade' }),
  state: text()
    .$type<
      | 'failing'
      | 'paused'
      | 'recovered'
      | 'mass_deletion'
      | 'drift'
      | 'clock'
      | 'rival_deal'
      | 'webhook'
      | 'automatic_approval'
    >()
    .notNull(),
  message: text().notNull(),
  at: at('at').notNull(),
  sentAt: at('sent_at'),
});
