import { isUtf8 } from 'node:buffer';
import type { RowProblem } from './row-problem.ts';

export type FileText =
  | { readonly ok: true; /** May be read several times. */ readonly lines: Iterable<string> }
  | { readonly ok: false; readonly problem: RowProblem };

/** True for the name of an encoding, such as `windows-1252` or `shift_jis`. */
export function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}

/** Decoding in parts leaves the event loop free and needs no second copy of the whole file. */
const bytesAtOnce = 1_000_000;

/**
 * The lines of a file. The encoding is UTF-8, else UTF-16 with a byte order mark, else the one that the
 * connection declares. A file that is none of them is refused, because a wrong guess changes names and
 * numbers without a trace.
 *
 * @param declared an encoding that `TextDecoder` knows; null when the connection declares none
 */
export function readFileText(bytes: Uint8Array, declared: string | null): FileText {
  const encoding = encodingOf(bytes, declared);
  if (encoding === null) return { ok: false, problem: unknownEncoding(bytes) };
  const ends = lineEndIn(bytes, encoding);
  if (ends === null) return { ok: false, problem: damaged(encoding) };
  if (encoding !== 'utf-8' && !decodes(bytes, encoding)) return { ok: false, problem: damaged(encoding) };
  return { ok: true, lines: { [Symbol.iterator]: () => linesOf(bytes, encoding, ends) } };
}

function encodingOf(bytes: Uint8Array, declared: string | null): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (isUtf8(bytes) && !hasNulPattern(bytes)) return 'utf-8';
  return declared;
}

/** Every second byte of Western text in UTF-16 is zero. As UTF-8 it would be text with NUL characters. */
function hasNulPattern(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 64);
  const zeros = head.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  return head.length >= 8 && zeros * 3 >= head.length;
}

function* textOf(bytes: Uint8Array, encoding: string): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at < bytes.length; at += bytesAtOnce)
    yield decoder.decode(bytes.subarray(at, at + bytesAtOnce), { stream: true });
  yield decoder.decode();
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    for (const part of textOf(bytes, encoding)) void part;
    return true;
  } catch {
    return false;
  }
}

/**
 * Lines end with a line feed, with or without a carriage return. Only in a file without any line feed is the
 * carriage return itself the end, as old spreadsheets write it.
 */
function lineEndIn(bytes: Uint8Array, encoding: string): string | null {
  try {
    let sawReturn = false;
    for (const part of textOf(bytes, encoding)) {
      if (part.includes('\n')) return '\n';
      sawReturn ||= part.includes('\r');
    }
    return sawReturn ? '\r' : '\n';
  } catch {
    return null;
  }
}

function* linesOf(bytes: Uint8Array, encoding: string, end: string): Generator<string> {
  let rest = '';
  for (const part of textOf(bytes, encoding)) {
    const lines = (rest + part).split(end);
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest;
}

function damaged(encoding: string): RowProblem {
  return {
    code: 'encoding_damaged',
    message: `The file is not complete or valid ${encoding.toUpperCase()} text; nothing of it was read.`,
    fix: 'Export the file again as UTF-8.',
  };
}

const shownBytes = 12;

/** Names the first line that is not UTF-8, its bytes, and how they read in the most frequent old encoding. */
function unknownEncoding(bytes: Uint8Array): RowProblem {
  const fix =
    'Export the file as UTF-8, or set the encoding of this connection, such as windows-1252, and send it again.';
  if (isUtf8(bytes))
    return {
      code: 'encoding_unknown',
      message: 'The file looks like UTF-16 without a byte order mark; nothing of it was read.',
      fix,
    };
  const { line, at } = firstInvalid(bytes);
  const some = bytes.subarray(at, at + shownBytes);
  const hex = [...some.subarray(0, 4)].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
  const shown = new TextDecoder('windows-1252').decode(some).replace(/\p{C}/gu, '·');
  return {
    code: 'encoding_unknown',
    message:
      `The file is not UTF-8: line ${line} has the bytes ${hex.join(' ')}, ` +
      `which would be ${JSON.stringify(shown)} in windows-1252. Nothing of the file was read.`,
    fix,
  };
}

function firstInvalid(bytes: Uint8Array): { readonly line: number; readonly at: number } {
  let line = 1;
  let start = 0;
  for (;;) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
    line += 1;
  }
  // The start of the line up to here is valid, so the first byte that makes it invalid is the one shown.
  let at = start;
  while (at < bytes.length && (bytes[at] ?? 0) < 0x80) at += 1;
  return { line, at: Math.max(start, at - 1) };
}
