import type { ObjectDescription, RemoteFailure, RemoteFields, SystemKind } from '#connectors/connector.ts';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { SealedSecrets } from '../secrets.ts';
import { at, id } from './columns.ts';

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
  checkedAt: at('checked_at'),
  installedAt: at('installed_at'),
  createdAt: at('created_at').notNull(),
});

/**
 * How far one object has been read. `since` is the next read's lower bound; while a read is under way `startedAt` is
 * the vendor's clock at its first page and `afterId` the last id committed, so that a crash resumes there.
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
    afterId: text('after_id'),
    completedAt: at('completed_at'),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object] })],
);

/** A record as the vendor last showed it. `mappedHash` trails `hash` until the record has been placed. */
export const remoteRecord = pgTable(
  'remote_record',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    fields: jsonb().$type<RemoteFields>().notNull(),
    hash: text().notNull(),
    modifiedAt: at('modified_at').notNull(),
    deleted: boolean().notNull().default(false),
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

/** Ours ↔ theirs. */
export const link = pgTable(
  'link',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    kind: text().notNull(),
    recordId: uuid('record_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] }), index('link_record').on(t.recordId)],
);

/**
 * What we last wrote to a record and the vendor accepted. Until the record is pulled again this, not `remote_record`,
 * is what the CRM holds; our own echo therefore causes no second write.
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
    writtenAt: at('written_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.extId] })],
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
