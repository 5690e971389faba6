import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { MappingStatus } from '#src/domain/mappings/version-lifecycle.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { sql } from 'drizzle-orm';
import { check, integer, json, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { connection } from './connection.ts';

/**
 * A customer's own mapping of one object to one kind. Until one is live, the mapping Fairway comes with is. A
 * draft is edited in place; what was submitted never changes again but in its status, and stays: every write
 * names its version. Triggers hold that line.
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
     * Counts on from the shipped mapping's, for all kinds of the object together: a number means one thing
     * for one object.
     */
    version: integer().notNull(),
    /** As text: of a lookup the first of several values is written, and jsonb does not keep their order. */
    pack: json().$type<MappingPack>().notNull(),
    status: text().$type<MappingStatus>().notNull(),
    /** The version that was live when this one was begun; null when none was. */
    basedOn: integer('based_on'),
    /** The version this one brings back, for a roll-back: one admin makes it live alone. */
    restores: integer(),
    note: text(),
    /** Grows with every save of the draft. */
    revision: integer().notNull().default(1),
    /** Everybody who had a hand in it; none of them may approve it. */
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
    /** What publishing it would do, as the last dry run found. */
    dryRun: jsonb('dry_run').$type<unknown>(),
    dryRunAt: at('dry_run_at'),
  },
  (t) => [
    uniqueIndex('mapping_version_number').on(t.connectionId, t.object, t.version),
    // Everything that asks for the mapping of a kind expects one.
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
