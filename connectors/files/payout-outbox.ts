import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { PushOutcome, RemoteFailure, RemoteWrite } from '#connectors/contract/crm.ts';
import { formatMinor, parseMinor } from '#src/domain/money.ts';
import { AppError } from '#src/domain/errors.ts';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';

/** The columns of a payout file, in this order. `docs/payout-csv.md` describes each. */
export const payoutColumns = [
  'payout_key',
  'batch',
  'period',
  'partner_code',
  'partner_name',
  'currency',
  'amount',
  'line_count',
] as const;

const text = z.string().trim().min(1);
const decimal = z.union([z.string(), z.number().transform(String)]);
const payoutRow = z.strictObject({
  payout_key: text,
  /** Names the file, so it must be a plain file name. */
  batch: z.string().regex(/^\w[\w.-]{0,79}$/),
  period: z.string().regex(/^\d{4}-\d{2}$/),
  partner_code: text,
  partner_name: text,
  currency: text,
  amount: decimal,
  line_count: decimal.pipe(z.string().regex(/^\d+$/)),
});
type PayoutRow = z.infer<typeof payoutRow>;

/** Cells by payout key, as they stand in the file. */
type Rows = Map<string, readonly string[]>;

/**
 * Writes payouts to `payouts-<batch>.csv`, one file a batch, each with exactly these rows: repeating an
 * export ends in the same bytes. All or nothing: a file that lacks a row would not tie out, so one bad row
 * costs its batch the file, and every row of the batch the same failure. A file appears complete or not at
 * all.
 */
export async function writePayouts(
  folder: string,
  writes: readonly RemoteWrite[],
  now: () => Date,
): Promise<PushOutcome[]> {
  const batches = Map.groupBy(writes, ({ fields }) => fields['batch']);
  const outcomes: PushOutcome[] = [];
  for (const own of batches.values()) outcomes.push(...(await writeBatch(folder, own, now)));
  return outcomes;
}

/** The file a batch would be written to, as text, and the rows that cannot stand in it. */
export function renderPayouts(writes: readonly RemoteWrite[]): {
  readonly csv: string;
  readonly refused: readonly { readonly failure: RemoteFailure }[];
} {
  const readings = writes.map(readRow);
  const rows = readings.flatMap((reading) => (reading.ok ? [reading.row] : []));
  return {
    csv: render(new Map(rows.map((row) => [safeText(row.payout_key), cellsOf(row)]))),
    refused: readings.flatMap((reading) => (reading.ok ? [] : [{ failure: reading.failure }])),
  };
}

type RowReading =
  | { readonly ok: true; readonly row: PayoutRow }
  | { readonly ok: false; readonly failure: RemoteFailure };

function readRow(write: RemoteWrite): RowReading {
  const parsed = payoutRow.safeParse({
    ...write.fields,
    payout_key: write.keyValue ?? write.fields['payout_key'],
  });
  if (!parsed.success) {
    const fields = [
      ...new Set(
        parsed.error.issues.flatMap((issue) =>
          issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])],
        ),
      ),
    ];
    const wrong = parsed.error.issues
      .map((issue) => `${issue.path.join('.')} ${issue.message}`.trim())
      .join('; ');
    // The failure stands for the whole file, so it names its row.
    const message = `${write.keyValue ?? 'A row without a key'}: ${wrong}`;
    return {
      ok: false,
      failure: {
        class: 'validation',
        code: 'payout_row_invalid',
        message,
        fix: `Correct ${fields.join(', ')}; docs/payout-csv.md names what each column holds.`,
        fields,
      },
    };
  }
  try {
    const { currency, amount } = parsed.data;
    return { ok: true, row: { ...parsed.data, amount: formatMinor(parseMinor(amount, currency), currency) } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      ok: false,
      failure: {
        class: 'validation',
        code: 'payout_amount_invalid',
        message: `${parsed.data.payout_key}: ${error.message}`,
        fix: 'Correct the amount or its currency.',
        fields: ['amount', 'currency'],
      },
    };
  }
}

async function writeBatch(
  folder: string,
  writes: readonly RemoteWrite[],
  now: () => Date,
): Promise<PushOutcome[]> {
  const allFail = (failure: RemoteFailure): PushOutcome[] =>
    writes.map(({ id }) => ({ id, ok: false, failure }));
  const rows: { readonly id: string; readonly row: PayoutRow }[] = [];
  for (const write of writes) {
    const reading = readRow(write);
    if (!reading.ok) return allFail(reading.failure);
    rows.push({ id: write.id, row: reading.row });
  }
  const file = join(folder, `payouts-${rows[0]?.row.batch}.csv`);
  const before = await contentOf(file);
  const standing = before === null ? new Map<string, readonly string[]>() : parseRows(before);
  if (standing === null) return allFail(foreignFile(file));
  const content = render(new Map(rows.map(({ row }) => [safeText(row.payout_key), cellsOf(row)])));
  await mkdir(folder, { recursive: true });
  if (content !== before) await replace(file, content);
  return rows.map(({ id, row }) => ({
    id,
    ok: true,
    extId: row.payout_key,
    created: !standing.has(safeText(row.payout_key)),
    modifiedAt: now().toISOString(),
  }));
}

/** Numbers are checked by pattern and never touched; an apostrophe before `-5.00` would be a payment lost. */
function cellsOf(row: PayoutRow): string[] {
  return payoutColumns.map((column) =>
    column === 'amount' || column === 'line_count' ? row[column] : safeText(row[column]),
  );
}

/** A spreadsheet runs what looks like a formula, also behind blanks: partners choose their own names. */
function safeText(value: string): string {
  const oneLine = value.replace(/[\t\r\n]+/g, ' ');
  return /^[\s\u00a0]*[=+\-@＝＋－＠]/.test(oneLine) ? `'${oneLine}` : oneLine;
}

function render(rows: Rows): string {
  const byKey = [...rows].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, cells]) => cells);
  return stringify([payoutColumns, ...byKey], { record_delimiter: 'windows' });
}

async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Null when the file is not one of ours: somebody edited it, and their work is not ours to overwrite. */
function parseRows(content: string): Rows | null {
  const [header, ...rows] = parse(content, { relaxColumnCount: true, relaxQuotes: true }) as string[][];
  if (header?.join() !== payoutColumns.join() || rows.some((row) => row.length !== payoutColumns.length))
    return null;
  return new Map(rows.map((row) => [row[0] ?? '', row]));
}

function foreignFile(file: string): RemoteFailure {
  const message = `${file} is there already and is not a payout file of this format.`;
  return {
    class: 'validation',
    code: 'outbox_file_foreign',
    message,
    fix: 'Move the file away and export again.',
  };
}

async function replace(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  {
    await using handle = await open(temporary, 'w');
    await handle.writeFile(content);
    await handle.sync();
  }
  await rename(temporary, file);
}
