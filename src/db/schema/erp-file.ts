import type { FileReceipt } from '#connectors/contract/erp.ts';
import type { FileReading } from '#connectors/contract/records.ts';
import { boolean, index, integer, json, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { connection } from './connection.ts';

/**
 * The row of a file that a remote record was read from, and the row before it whose content it replaced. A row
 * from an earlier place in the order of files never replaces it, so a file that goes away takes nothing back.
 */
export const recordOrigin = pgTable(
  'record_origin',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    extId: text('ext_id').notNull(),
    file: text().notNull(),
    line: integer().notNull(),
    /** Sorts rows by the order of files and lines. */
    position: text().notNull(),
    replaced: jsonb().$type<ReplacedRow>(),
    amount: text().notNull().default('0'),
    currency: text().notNull().default(''),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.object, t.extId] }),
    index('record_origin_file').on(t.connectionId, t.object, t.file),
  ],
);

/** What was read from a file of an ERP, and the receipt that was written for it. */
export const fileReceipt = pgTable(
  'file_receipt',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connection.id, { onDelete: 'cascade' }),
    object: text().notNull(),
    file: text().notNull(),
    reading: json().$type<FileReading>().notNull(),
    /** Our clock when its content was first read. */
    readAt: at('read_at').notNull(),
    /** Null until records have been placed. json, not jsonb: people read it in the order in which it was written. */
    receipt: json().$type<FileReceipt>(),
    /** The receipt is beside the file. */
    delivered: boolean().notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.object, t.file] })],
);

export interface ReplacedRow {
  readonly file: string;
  readonly line: number;
  /** The fields with other values. */
  readonly fields: readonly string[];
}
