import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { MappingStatus } from '#src/domain/mappings/version-lifecycle.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { sql } from 'drizzle-orm';
import { check, integer, json, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { connection } from './connection.ts';

/**
 * A customer's mapping of one object to one kind. Until one is live, the mapping shipped with Fairway is in
 * force. A draft is edited in place. A submitted version changes in its status only and is not deleted,
 * because every write names its version; triggers enforce this.
 */
export const mappingVersion = pgTable(
  'mapping_version',
  {
    id: id(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    kind: text().$type<CanonicalKind>().notNull(),
    /**
     * Continues the numbers of the shipped mapping, with one sequence for all kinds of an object, so that a
     * number is unique for the object.
     */
    version: integer().notNull(),
    /** json, not jsonb, because the order of keys matters: a lookup writes the first of several values. */
    pack: json().$type<MappingPack>().notNull(),
    status: text().$type<MappingStatus>().notNull(),
    /** The version that was live when this draft was begun; null when none was. */
    basedOn: integer('based_on'),
    /** The version that a roll-back restores. It needs no second person. */
    restores: integer(),
    note: text(),
    /** Increases with every save of the draft. */
    revision: integer().notNull().default(1),
    /** Everybody who edited it. None of them may approve it. */
    editors: uuid().array().notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: at('created_at').notNull(),
    updatedBy: uuid('updated_by').notNull(),
    updatedAt: at('updated_at').notNull(),
    submittedBy: uuid('submitted_by'),
    submittedAt: at('submitted_at'),
    decidedBy: uuid('decided_by'),
    decidedAt: at('decided_at'),
    decisionReason: text('decision_reason'),
    retiredAt: at('retired_at'),
    /** The findings of the last dry run: what would change when it is published. */
    dryRun: jsonb('dry_run').$type<unknown>(),
    dryRunAt: at('dry_run_at'),
  },
  (t) => [
    uniqueIndex('mapping_version_number').on(t.connectionId, t.object, t.version),
    // A kind has at most one live mapping in a connection.
    uniqueIndex('mapping_version_live')
      .on(t.connectionId, t.kind)
      .where(sql`${t.status} = 'live'`),
    uniqueIndex('mapping_version_open')
      .on(t.connectionId, t.object, t.kind)
      .where(sql`${t.status} in ('draft', 'submitted')`),
    check(
      'mapping_version_pack_matches',
      sql`${t.pack}->>'object' = ${t.object} and ${t.pack}->>'kind' = ${t.kind} and (${t.pack}->>'version')::int = ${t.version}`,
    ),
    check(
      'mapping_version_two_people',
      sql`${t.status} not in ('live', 'retired') or ${t.restores} is not null or (${t.decidedBy} is not null and ${t.decidedBy} <> all (${t.editors}))`,
    ),
  ],
);
