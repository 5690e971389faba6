import type { RemoteFields } from '#connectors/connector.ts';
import { sql } from 'drizzle-orm';
import { bulkInsert } from './bulk.ts';
import type { Db } from './client.ts';
import { shadow } from './schema/connection.ts';

/** Remembers what the vendor accepted. Fields not written now keep what was written before. */
export async function saveShadows(
  db: Db,
  connectionId: string,
  object: string,
  rows: readonly { readonly extId: string; readonly fields: RemoteFields }[],
  writtenAt: Date,
): Promise<void> {
  await bulkInsert(
    db,
    shadow,
    rows.map(({ extId, fields }) => ({ connectionId, object, extId, fields, writtenAt })),
    sql`on conflict (connection_id, object, ext_id) do update set fields = shadow.fields || excluded.fields, written_at = excluded.written_at`,
  );
}
