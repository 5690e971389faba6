import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { BudgetWindow } from '#connectors/contract/limits.ts';
import type { JsonValue, ObjectDescription, RemoteFields } from '#connectors/contract/records.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import type { Policy } from '#src/domain/sync/merge.ts';
import {
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
  /** Envelope-encrypted; see `secrets.ts`. */
  secrets: jsonb().$type<SealedSecrets>().notNull(),
  status: text().$type<'active' | 'failing' | 'disabled'>().notNull().default('active'),
  /** What the vendor calls the account we are signed in to. */
  account: text(),
  failure: jsonb().$type<RemoteFailure>(),
  callsUsed: integer('calls_used'),
  callsAllowed: integer('calls_allowed'),
  /** Nothing is asked of the vendor before this: its limit is used up, or it refuses our credentials. */
  pausedUntil: at('paused_until'),
  /** When it was paused: a second refusal in a row pauses twice as long. */
  pausedAt: at('paused_at'),
  /** Why, in words for the admin. */
  pauseReason: text('pause_reason'),
  /** The calls a day the customer lets Fairway make; null for all the vendor allows. */
  dailyCallLimit: integer('daily_call_limit'),
  /** A reconciliation that would find more than this percentage of an object gone stops and asks. */
  removalLimitPercent: integer('removal_limit_percent').notNull().default(5),
  /**
   * SHA-256 of the secret part of the address for webhooks that carry no signature, in hex; null while that
   * door is shut.
   */
  webhookTokenHash: text('webhook_token_hash'),
  checkedAt: at('checked_at'),
  installedAt: at('installed_at'),
  createdAt: at('created_at').notNull(),
});

/**
 * How far one object has been read. `since` is the next read's lower bound; while a read is under way
 * `startedAt` is the vendor's clock at its first page and `resume` what its last kept page said to go on
 * with, so that a crash loses nothing.
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
     * Of the read under way: how many records it gave so far, how many it will give, and our clock at its
     * beginning.
     */
    done: integer().notNull().default(0),
    total: integer(),
    readStartedAt: at('read_started_at'),
    completedAt: at('completed_at'),
    /** When everything there is was last looked at, by a first read or a reconciliation. */
    scannedAt: at('scanned_at'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object] })],
);

/**
 * What the reconciliation under way has seen of an object. Rows of one that was interrupted are worth
 * nothing.
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
 * A record as the vendor last showed it. `mappedHash` trails `hash` until the record has been placed. No
 * foreign key on the connection, here and wherever rows come by the hundred thousand: looking it up again for
 * each row takes longer than storing the row. They go with their connection by a trigger on it.
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
    /** Of a deleted record `fields` is what it last showed. */
    deleted: boolean().notNull().default(false),
    /** Deleted because the vendor merged it: where its id leads now. */
    mergedInto: text('merged_into'),
    /** Our clock just before the vendor was asked: this shows every write answered before. */
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
 * Ours ↔ theirs. A record that was merged away keeps its link, to the survivor's record of ours: whoever
 * still names it is understood.
 */
export const link = pgTable(
  'link',
  {
    connectionId: uuid('connection_id').notNull(),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    kind: text().notNull(),
    recordId: uuid('record_id').notNull(),
    /** The id this one leads to since the vendor merged the two; nothing is written to this one any more. */
    mergedInto: text('merged_into'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] }), index('link_record').on(t.recordId)],
);

/**
 * The values last known equal on both sides, the base of a three-way merge. Only fields that were written to
 * or edited in Fairway are here: of any other, what was placed last is the base. A field in `fields` holds
 * its value in the vendor's form; `edits` tells when one was changed in Fairway and not yet written. What was
 * pulled before the last write (`pulled_at` before `written_at`, or an older stamp than `modified_at`) does
 * not show that write: until it is pulled again, `fields` is what the CRM holds.
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
     * What went out of a field, and nobody knows yet whether it arrived. Should it be read back, it is
     * recognised as our own.
     */
    sent: jsonb().$type<Readonly<Record<string, readonly JsonValue[]>>>().notNull().default({}),
    /** Our clock when the vendor had accepted the last write; null when nothing was written yet. */
    writtenAt: at('written_at'),
    /** The vendor's stamp of that write, or a lower bound. */
    modifiedAt: at('modified_at'),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.object, t.extId] }),
    index('shadow_edited')
      .on(t.connectionId, t.object)
      .where(sql`${t.edits} <> '{}'::jsonb`),
  ],
);

/** What the vendor says an object looks like; asked for once and again when a mapping stops fitting. */
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

/** One field on which both sides disagreed, and what became of it. Never changed once settled. */
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
    /** Our name of the field; the values are canonical. */
    field: text().notNull(),
    base: canonical(),
    theirs: canonical(),
    ours: canonical(),
    policy: text().$type<Policy>().notNull(),
    /** Null while a person is asked. */
    winner: text().$type<'crm' | 'fairway'>(),
    mappingVersion: integer('mapping_version').notNull(),
    /** The person who answered; null when the policy did. */
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

/** What came: a change of a record we knew before, for its timeline. Pruned with old history. */
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
    /** The vendor's field → before and after. */
    changes: jsonb().$type<Readonly<Record<string, readonly [JsonValue, JsonValue]>>>().notNull(),
    via: text().$type<'read' | 'hint' | 'scan' | 'write'>().notNull(),
    /** The vendor's stamp of the change. */
    modifiedAt: at('modified_at').notNull(),
    at: at('at').notNull(),
  },
  (t) => [index('remote_change_record').on(t.connectionId, t.object, t.extId, t.at)],
);

/** Something changed, says the vendor: a fetch is due. The same hint twice is one row. */
export const hint = pgTable(
  'hint',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    /** Empty: the whole object is to be read again. */
    extId: text('ext_id').notNull(),
    erased: boolean().notNull().default(false),
    via: text().$type<'webhook' | 'stream' | 'recheck'>().notNull(),
    /**
     * Changes whenever the hint comes again, so that one that came during its fetch is not taken for served.
     */
    token: uuid().notNull(),
    times: integer().notNull().default(1),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] })],
);

/**
 * Who listens to a connection's stream of hints, and how far it has come. One process at a time, by lease.
 */
export const listening = pgTable('listening', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connection.id, { onDelete: 'cascade' }),
  position: text(),
  leaseHolder: uuid('lease_holder'),
  leasedUntil: at('leased_until'),
  /** When the stream last told us something, or that there is nothing. */
  lastEventAt: at('last_event_at'),
  error: text(),
});

/** What is left of one of a vendor's limits. All processes take from the same row, under its lock. */
export const budget = pgTable(
  'budget',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    window: text('window_name').$type<BudgetWindow['name']>().notNull(),
    allowed: integer().notNull(),
    /**
     * When each call still in a short window was let out, seconds since the epoch by the database's clock.
     */
    callTimes: doublePrecision('call_times').array().notNull().default([]),
    /** Calls everybody used in a long window: what the vendor last told, and what we counted since. */
    used: integer().notNull().default(0),
    /** Calls of ours alone in it: the customer's allotment is about these. */
    usedByFairway: integer('used_by_fairway').notNull().default(0),
    reportedAt: at('reported_at'),
    windowStartedAt: at('window_started_at').notNull(),
    blockedUntil: at('blocked_until'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.window] })],
);

/**
 * OAuth tokens of a connection, sealed. `exchanging` names the refresh token whose exchange nobody knows the
 * end of.
 */
export const connectionToken = pgTable('connection_token', {
  connectionId: uuid('connection_id')
    .primaryKey()
    .references(() => connection.id, { onDelete: 'cascade' }),
  tokens: jsonb().$type<SealedSecrets>().notNull(),
  exchanging: text(),
  renewedAt: at('renewed_at').notNull(),
});

/** A connection's health changed. Told once. */
export const alert = pgTable('alert', {
  id: id(),
  connectionId: uuid('connection_id')
    .notNull()
    .references(() => connection.id, { onDelete: 'cascade' }),
  state: text().$type<'failing' | 'paused' | 'recovered' | 'vanishing' | 'drift'>().notNull(),
  message: text().notNull(),
  at: at('at').notNull(),
  sentAt: at('sent_at'),
});
