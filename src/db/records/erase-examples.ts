import { eq, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '#src/db/client.ts';
import { mappingVersion } from '#src/db/schema/mapping.ts';
import { mappingBackfill, mappingRestore } from '#src/db/schema/mapping-work.ts';

/**
 * Removes the examples of these records from the findings of dry runs, backfills and restores. The counts
 * stay.
 */
export async function eraseExamples(tx: Db, connectionId: string, extIds: readonly string[]): Promise<void> {
  const refs = new Set(extIds);
  await rewrite(
    tx,
    mappingVersion,
    { ...mappingVersion, findings: mappingVersion.dryRun },
    connectionId,
    refs,
    (dryRun) => ({ dryRun }),
  );
  await rewrite(
    tx,
    mappingBackfill,
    { ...mappingBackfill, findings: mappingBackfill.report },
    connectionId,
    refs,
    (report) => ({
      report,
    }),
  );
  await rewrite(
    tx,
    mappingRestore,
    { ...mappingRestore, findings: mappingRestore.report },
    connectionId,
    refs,
    (report) => ({ report }),
  );
}

interface Columns {
  readonly id: PgColumn;
  readonly connectionId: PgColumn;
  readonly findings: PgColumn;
}

async function rewrite(
  tx: Db,
  table: PgTable,
  { id, connectionId, findings }: Columns,
  connection: string,
  refs: ReadonlySet<string>,
  set: (findings: unknown) => Readonly<Record<string, unknown>>,
): Promise<void> {
  const hasExamples = sql`${connectionId} = ${connection} and exists (
    select 1 from jsonb_path_query(${findings}, '$.**.ref') as example
    where example #>> '{}' in (select jsonb_array_elements_text(${JSON.stringify([...refs])}::text::jsonb)))`;
  const rows = await tx.select({ id, findings }).from(table).where(hasExamples);
  for (const row of rows)
    await tx
      .update(table)
      .set(set(withoutRefs(row.findings, refs)))
      .where(eq(id, row.id));
}

/**
 * Removes what refers to one of these records: an element of a list is left out, any other value becomes
 * null.
 */
function withoutRefs(value: unknown, refs: ReadonlySet<string>): unknown {
  if (Array.isArray(value))
    return value.filter((one) => !refersTo(one, refs)).map((one) => withoutRefs(one, refs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, refersTo(one, refs) ? null : withoutRefs(one, refs)]),
  );
}

function refersTo(value: unknown, refs: ReadonlySet<string>): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ref' in value &&
    typeof value.ref === 'string' &&
    refs.has(value.ref)
  );
}
