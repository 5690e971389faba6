/**
 * A second reader of CSV text, written without a look at the product's: it reads character by character, knows
 * no repair, and is only used to judge what the inbox made of a file.
 */
export interface StrictRow {
  readonly cells: readonly string[];
  /** The number of lines that the row has. */
  readonly lines: number;
}

/**
 * The row that begins on a line, or null when its quotes do not fit the rules of RFC 4180. A quote in a cell
 * that does not begin with one is a character of the cell.
 *
 * @param lines the lines from that line on
 */
export function strictRow(lines: readonly string[], separator: string): StrictRow | null {
  const cells: string[] = [];
  let state: 'begin' | 'bare' | 'quoted' | 'closed' = 'begin';
  let cell = '';
  let used = 0;
  for (const line of lines) {
    used += 1;
    for (const character of line) {
      if (state === 'quoted') {
        if (character === '"') state = 'closed';
        else cell += character;
      } else if (character === separator) {
        cells.push(cell);
        cell = '';
        state = 'begin';
      } else if (state === 'closed') {
        if (character !== '"') return null;
        cell += '"';
        state = 'quoted';
      } else if (state === 'begin' && character === '"') {
        state = 'quoted';
      } else {
        if (character === '\r') return null;
        cell += character;
        state = 'bare';
      }
    }
    if (state !== 'quoted') return { cells: [...cells, cell], lines: used };
    cell += '\n';
  }
  return null;
}

/** The lines of a file in UTF-8, UTF-16 with its mark, or Windows-1252; null for bytes that are not that. */
export function strictLines(
  bytes: Buffer,
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252',
): readonly string[] | null {
  const text = textOf(bytes, encoding)?.replace(/^\uFEFF/, '');
  if (text === undefined) return null;
  const end = text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
  const lines = text.split(end).map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function textOf(bytes: Buffer, encoding: string): string | undefined {
  if (encoding === 'windows-1252') return new TextDecoder('windows-1252').decode(bytes);
  if (encoding === 'utf-8') {
    const text = bytes.toString('utf8');
    return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
  }
  if (bytes.length % 2 === 1) return undefined;
  const little = encoding === 'utf-16le' ? bytes : Buffer.from(bytes).swap16();
  const text = little.toString('utf16le');
  return text.isWellFormed() ? text : undefined;
}
