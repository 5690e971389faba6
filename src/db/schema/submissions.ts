import {
  bigserial,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import type { SealedSecrets } from './connection.ts';
import { person } from './people.ts';

const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** A CSV file with registrations. */
export const registrationImport = pgTable(
  'registration_import',
  {
    id: id(),
    fileName: text('file_name').notNull(),
    /** SHA-256 of the file, in hex. */
    sha256: text().notNull(),
    /** The person who submits its rows. */
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id),
    /** True when its rows were only tried. */
    isPreview: boolean('is_preview').notNull(),
    /** The encoding of a file that is neither UTF-8 nor UTF-16; null for none. */
    encoding: text(),
    rows: integer().notNull(),
    /** The file, until all rows have an outcome. */
    content: bytes(),
    createdAt: at('created_at').notNull(),
    /** Null while rows wait. */
    finishedAt: at('finished_at'),
  },
  (t) => [index('registration_import_created').on(t.createdAt)],
);

/** What would follow when a row is imported. */
export interface ImportRowPreview {
  /** Null for people and services of a partner. */
  readonly state: string | null;
  readonly route: string;
  /** The people by their e-mail addresses. */
  readonly steps: readonly { readonly name: string; readonly people: readonly string[] }[];
  /** ISO instant; null when nothing would wait for a decision. */
  readonly decisionDue: string | null;
}

/** What became of a row, or for a preview, what would become of it. */
export const registrationImportRow = pgTable(
  'registration_import_row',
  {
    importId: uuid('import_id')
      .notNull()
      .references(() => registrationImport.id, { onDelete: 'cascade' }),
    /** The line on which it begins, from 1. */
    line: integer().notNull(),
    result: text().$type<'created' | 'updated' | 'same' | 'refused'>().notNull(),
    /** Null for a refused row, and for one that would be created. */
    registrationId: uuid('registration_id'),
    /** The reasons of a refused row. */
    problems: jsonb().$type<readonly { readonly field: string; readonly message: string }[]>().notNull(),
    /** For a preview: what would follow. Null for a refused row, and for one that was imported. */
    preview: jsonb().$type<ImportRowPreview>(),
  },
  (t) => [primaryKey({ columns: [t.importId, t.line] })],
);

/** Another system that submits registrations by signed webhooks. */
export const registrationSource = pgTable('registration_source', {
  id: id(),
  /** Part of its address. */
  name: text().notNull().unique(),
  /** Its name in `lifecycle_person`, which says for which partner it may submit. */
  sender: text().notNull(),
  /** `current` signs, and after a rotation `previous` for a while. Envelope-encrypted. */
  secrets: jsonb().$type<SealedSecrets>().notNull(),
  /** Until then the previous secret is accepted, too. Null when there is none. */
  previousUntil: at('previous_until'),
  isActive: boolean('is_active').notNull(),
  createdAt: at('created_at').notNull(),
});

/** Requests to a source that were refused. The newest of each source are kept, without their bodies. */
export const registrationSourceRefusal = pgTable(
  'registration_source_refusal',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    sourceId: uuid('source_id')
      .notNull()
      .references(() => registrationSource.id, { onDelete: 'cascade' }),
    at: at('at').notNull(),
    /** The value of `webhook-id`; null when there was none. */
    messageId: text('message_id'),
    reason: text().notNull(),
  },
  (t) => [index('registration_source_refusal_source').on(t.sourceId, t.id)],
);

/** Webhooks of a source that moved a registration. One that is sent again moves nothing. */
export const registrationSourceMove = pgTable(
  'registration_source_move',
  {
    sourceId: uuid('source_id')
      .notNull()
      .references(() => registrationSource.id, { onDelete: 'cascade' }),
    messageId: text('message_id').notNull(),
    registrationId: uuid('registration_id').notNull(),
    at: at('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sourceId, t.messageId] })],
);
