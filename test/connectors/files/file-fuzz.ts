import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInbox, type CurrentInvoice } from '#connectors/files/invoice-inbox.ts';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';
import type { RecordProblem } from '#connectors/contract/records.ts';
import { generateFile, type GeneratedFile } from './generate-file.ts';
import { strictLines, strictRow } from './strict-reader.ts';

export interface FileFuzz {
  readonly files: number;
  readonly damaged: number;
  readonly rowsRead: number;
  readonly rowsRefused: number;
  /** What the inbox did in silence, with the number of the file that repeats it. */
  readonly broken: readonly string[];
}

/**
 * Drops generated files into an inbox, one at a time, and compares what was read with a second reader: no row
 * merged, moved, lost or invented in silence.
 */
export async function fuzzFiles(
  attempts: number,
  seed: number,
  log: (line: string) => void = () => {},
): Promise<FileFuzz> {
  const folder = mkdtempSync(join(tmpdir(), 'file-fuzz-'));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'a.csv');
  const broken: string[] = [];
  let damaged = 0;
  let rowsRead = 0;
  let rowsRefused = 0;
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const number = seed + attempt;
      const generated = generateFile(number);
      if (generated.damage.length > 0) damaged += 1;
      writeFileSync(file, generated.bytes);
      const { rows: invoices, problems } = await readInbox(folder, null, { encoding: generated.declared });
      rowsRead += invoices.size;
      rowsRefused += problems.length;
      const silent = judge(generated, [...invoices.values()], problems);
      if (silent.length > 0)
        broken.push(`file ${number} (${generated.damage.join(', ')}): ${silent.join('; ')}`);
      if ((attempt + 1) % 10_000 === 0) log(`${attempt + 1} files, ${broken.length} broken`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { files: attempts, damaged, rowsRead, rowsRefused, broken };
}

/** What the inbox did with a file without saying so. */
function judge(
  { bytes, encoding, declared, separator, documents, damage }: GeneratedFile,
  invoices: readonly CurrentInvoice[],
  problems: readonly RecordProblem[],
): readonly string[] {
  const silent: string[] = [];
  const named = new Set(problems.map(({ ref }) => (ref.includes(':') ? Number(ref.split(':')[1]) : 0)));
  if (damage.length === 0 && (encoding !== 'latin1' || declared !== undefined)) {
    for (const [number, cells] of documents)
      if (!invoices.some((one) => isSame(one, cells))) silent.push(`${number} of a good file was lost`);
    if (problems.length > 0) silent.push(`a good file has problems: ${problems[0]?.failure.message}`);
  }
  // The whole file was refused, or its header.
  const wholeFile = problems.some(({ failure }) => /^(encoding|file|column)_(?!count)/.test(failure.code));
  if (wholeFile) return invoices.length > 0 ? [...silent, 'rows of a refused file were read'] : silent;
  const lines = linesOf(bytes, encoding, declared);
  if (lines === null) return [...silent, 'a file that is no text was read'];
  const unnamed = unnamedColumns(lines, separator);
  const used = new Map<number, string>();
  for (const one of invoices) {
    const row = strictRow(lines.slice(one.line - 1), actualSeparator(lines, separator));
    const cells = row?.cells.filter((cell, index) => cell !== '' || !unnamed.has(index));
    if (cells === undefined || !isSame(one, cells))
      silent.push(`line ${one.line} is not what was read from it`);
    for (let n = 0; n < (row?.lines ?? 1); n += 1) {
      const other = used.get(one.line + n);
      if (other !== undefined) silent.push(`line ${one.line + n} is in two rows`);
      used.set(one.line + n, one.fields.invoice_number ?? '');
    }
  }
  silent.push(...lostLines(lines, separator, used, named));
  return silent;
}

/** The positions of the header's columns without a name. Only empty cells may be there. */
function unnamedColumns(lines: readonly string[], separator: string): ReadonlySet<number> {
  const first = lines.findIndex((line) => line.trim() !== '' && !/^"?sep=/i.test(line));
  const header = strictRow(lines.slice(first), actualSeparator(lines, separator))?.cells ?? [];
  return new Set(header.flatMap((cell, index) => (cell.trim() === '' ? [index] : [])));
}

/** The lines that are neither in a row, nor named, nor blank, nor the same document as a later row. */
function lostLines(
  lines: readonly string[],
  separator: string,
  used: ReadonlyMap<number, string>,
  named: ReadonlySet<number>,
): readonly string[] {
  const lost: string[] = [];
  const later = new Set(used.values());
  const by = actualSeparator(lines, separator);
  let headerSeen = false;
  for (let line = 1; line <= lines.length; line += 1) {
    const text = lines[line - 1] ?? '';
    if (!named.has(line) && text.split(by).every((cell) => /^[\s"]*$/.test(cell))) continue;
    if (/^"?sep=/i.test(text) && !headerSeen) continue;
    if (!headerSeen) {
      headerSeen = true;
      line += (strictRow(lines.slice(line - 1), by)?.lines ?? 1) - 1;
      continue;
    }
    if (used.has(line)) continue;
    const row = strictRow(lines.slice(line - 1), by);
    if (named.has(line)) {
      // A whole row is named by its first line.
      const isWhole = row !== null && !named.has(line + 1) && !used.has(line + 1);
      if (isWhole) line += row.lines - 1;
      continue;
    }
    const number = row?.cells[0]?.trim().toUpperCase() ?? '';
    if (row !== null && later.has(number)) line += row.lines - 1;
    else lost.push(`line ${line} was lost: ${JSON.stringify(text)}`);
  }
  return lost;
}

function linesOf(
  bytes: Buffer,
  encoding: GeneratedFile['encoding'],
  declared: string | undefined,
): readonly string[] | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return strictLines(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return strictLines(bytes, 'utf-16be');
  return (
    strictLines(bytes, 'utf-8') ??
    (encoding === 'latin1' && declared !== undefined ? strictLines(bytes, 'windows-1252') : null)
  );
}

/** The separator that a damaged header shows; the inbox has to say so itself when it cannot read the header. */
function actualSeparator(lines: readonly string[], separator: string): string {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  return /^"?sep=(.)/i.exec(first)?.[1] ?? separator;
}

const isSame = ({ fields }: CurrentInvoice, cells: readonly string[]): boolean =>
  cells.length === invoiceColumns.length &&
  invoiceColumns.every((column, index) => {
    const read = fields[column] ?? '';
    const written = (cells[index] ?? '').trim();
    return column === 'amount'
      ? Number(read) === Number(written.replace(/,(?=\d{3}\.)/, ''))
      : read.toLowerCase() === written.toLowerCase();
  });
