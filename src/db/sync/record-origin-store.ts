import type { RecordOrigin, RemoteRecord } from '#connectors/contract/records.ts';
import { and, eq, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isKeyIn } from '#src/db/is-in.ts';
import { remoteRecord } from '#src/db/schema/connection.ts';
import { recordOrigin, type ReplacedRow } from '#src/db/schema/erp-file.ts';

/** A record with the row that it was read from. */
export interface RecordFromFile extends RemoteRecord {
  readonly origin: RecordOrigin;
}

/**
 * The records among these that count: not one whose stored content came from a later row. The file with that
 * row may be gone; what it said stays.
 */
export async function withoutEarlierRows(
  db: Db,
  connectionId: string,
  object: string,
  records: readonly RecordFromFile[],
): Promise<RecordFromFile[]> {
  const stored = await originsOf(db, connectionId, object, records);
  return records.filter(({ extId, origin }) => (stored.get(extId)?.position ?? '') <= origin.position);
}

/**
 * Stores the rows of records, each with the row whose content it replaces. Call it before the records
 * themselves are stored, because it compares them with what is stored.
 */
export async function saveOrigins(
  db: Db,
  connectionId: string,
  object: string,
  records: readonly RecordFromFile[],
): Promise<void> {
  const stored = await originsOf(db, connectionId, object, records);
  const rows = records.map(
    ({ extId, fields, origin: { file, line, position, replaced, amount, currency } }) => {
      const before = stored.get(extId);
      const changed = Object.keys(fields).filter(
        (field) => (before?.fields[field] ?? null) !== fields[field],
      );
      const isOtherRow = before !== undefined && before.position !== position;
      const now: ReplacedRow | null =
        isOtherRow && changed.length > 0
          ? { file: before.file, line: before.line, fields: changed }
          : (before?.replaced ?? replaced ?? null);
      return { connectionId, object, extId, file, line, position, replaced: now, amount, currency };
    },
  );
  await bulkInsert(
    db,
    recordOrigin,
    rows,
    sql`on conflict (connection_id, object, ext_id) do update
        set file = excluded.file, line = excluded.line, position = excluded.position, replaced = excluded.replaced,
            amount = excluded.amount, currency = excluded.currency`,
  );
}

async function originsOf(db: Db, connectionId: string, object: string, records: readonly RemoteRecord[]) {
  const ids = records.map(({ extId }) => extId);
  const rows = await db
    .select({
      extId: recordOrigin.extId,
      file: recordOrigin.file,
      line: recordOrigin.line,
      position: recordOrigin.position,
      replaced: recordOrigin.replaced,
      fields: remoteRecord.fields,
    })
    .from(recordOrigin)
    .innerJoin(
      remoteRecord,
      and(
        eq(remoteRecord.connectionId, recordOrigin.connectionId),
        eq(remoteRecord.object, recordOrigin.object),
        eq(remoteRecord.extId, recordOrigin.extId),
      ),
    )
    .where(
      and(
        eq(recordOrigin.connectionId, connectionId),
        eq(recordOrigin.object, object),
        isKeyIn(recordOrigin.extId, ids, 'text'),
      ),
    );
  return new Map(rows.map((row) => [row.extId, row]));
}
