import { describe, expect, it } from 'vitest';
import { readFileText } from '#connectors/contract/text/file-text.ts';

const utf16 = (text: string, bom = '\uFEFF'): Buffer => Buffer.from(bom + text, 'utf16le');
const swapped = (text: string): Buffer => utf16(text).swap16();
const latin = Buffer.from('number,name\nA,M\xFCller \x80\n', 'latin1');

function linesOf(bytes: Uint8Array, declared: string | null = null): readonly string[] | string {
  const read = readFileText(bytes, declared);
  return read.ok ? [...read.lines] : `${read.problem.code}: ${read.problem.message}`;
}

describe('the text of a file', () => {
  it('is UTF-8, with or without a byte order mark, even where another encoding is declared', () => {
    expect(linesOf(Buffer.from('a\nü\n'))).toEqual(['a', 'ü']);
    expect(linesOf(Buffer.from('\uFEFFa\nü'), 'windows-1252')).toEqual(['a', 'ü']);
  });

  it('is UTF-16 when it begins with the mark', () => {
    expect(linesOf(utf16('a\r\nü\r\n'))).toEqual(['a', 'ü']);
    expect(linesOf(swapped('a\nü\n'))).toEqual(['a', 'ü']);
  });

  it('is read in the encoding that the connection declares', () => {
    expect(linesOf(latin, 'windows-1252')).toEqual(['number,name', 'A,Müller €']);
    expect(linesOf(utf16('number,name\nA,B\n', ''), 'utf-16le')).toEqual(['number,name', 'A,B']);
    expect(linesOf(Buffer.from([0x83, 0x65, 0x0a]), 'shift_jis')).toEqual(['テ']);
  });

  it('is refused with the line and its bytes when no encoding fits', () => {
    expect(linesOf(latin)).toMatch(/^encoding_unknown: .*line 2 has the bytes 4D FC 6C 6C.*"Müller €/);
    expect(linesOf(utf16('number,name\nA,B\n', ''))).toMatch(
      /^encoding_unknown: .*UTF-16 without a byte order/,
    );
  });

  it('is refused when it is damaged', () => {
    expect(linesOf(utf16('a\nü\n').subarray(0, -1))).toMatch(/^encoding_damaged/);
    expect(linesOf(Buffer.from([0x83, 0x0a, 0xff, 0xff]), 'shift_jis')).toMatch(/^encoding_damaged/);
  });

  it('keeps a character whole that crosses the parts in which a file is decoded', () => {
    const text = `${'a'.repeat(999_999)}ü\n`;
    expect(linesOf(Buffer.from(text))).toEqual([text.slice(0, -1)]);
  });
});
