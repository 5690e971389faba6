import { z } from 'zod';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { quoted } from '#connectors/salesforce/record.ts';

const pageSize = 2000;
/** Rows become visible after their commit, with a stamp from before it. */
const lookBackMs = 10 * 60_000;

export interface PagedQuery {
  readonly select: string;
  readonly conditions: readonly string[];
}

/** All rows of a query, in the order of their ids. @throws ConnectorError */
export async function readInPages<Shape extends z.ZodType<{ readonly Id: string }>>(
  client: SalesforceClient,
  shape: Shape,
  { select, conditions }: PagedQuery,
): Promise<readonly z.infer<Shape>[]> {
  const page = z.object({ records: z.array(shape) });
  const rows: z.infer<Shape>[] = [];
  for (;;) {
    const last = rows.at(-1)?.Id;
    const all = [...conditions, ...(last === undefined ? [] : [`Id > '${quoted(last)}'`])];
    const where = all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`;
    const { records } = page.parse(await client.query(`${select}${where} ORDER BY Id LIMIT ${pageSize}`));
    rows.push(...records);
    if (records.length < pageSize) return rows;
  }
}

/** The condition for rows that changed since an instant or shortly before; none for null. */
export const changedSince = (since: string | null): readonly string[] =>
  since === null ? [] : [`SystemModstamp >= ${new Date(Date.parse(since) - lookBackMs).toISOString()}`];
