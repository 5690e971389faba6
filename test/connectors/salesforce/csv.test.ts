import { ReadableStream } from 'node:stream/web';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRows } from '#connectors/salesforce/bulk/csv-rows.ts';

async function readAll(bytes: Uint8Array, pieceLength: number): Promise<string[][]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += pieceLength)
        controller.enqueue(bytes.subarray(at, at + pieceLength));
      controller.close();
    },
  });
  const all: string[][] = [];
  for await (const rows of csvRows(body)) all.push(...rows.map((cells) => [...cells]));
  return all;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Text that CSV, UTF-8 and simple parsers often get wrong. */
const cell = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'é', '😀', '\uFEFF', 'a') }),
);
const table = fc
  .integer({ min: 2, max: 5 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
  );

test('a table is read correctly at any split of the answer and with any cells quoted', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      fc.boolean(),
      async (rows, pieceLength, quoted, eof) => {
        const text = stringify(rows, { quoted, eof, quoted_match: /[\r\uFEFF]/ });
        expect(await readAll(utf8(text), pieceLength)).toEqual(rows);
      },
    ),
  );
});

test('a byte order mark is not part of the first column’s name', async () => {
  expect(await readAll(utf8('\uFEFF"Id","Name"\n"1","A"\n'), 3)).toEqual([
    ['Id', 'Name'],
    ['1', 'A'],
  ]);
});

test('an empty answer has no rows', async () => {
  expect(await readAll(utf8(''), 1)).toEqual([]);
});

test.each([
  ['cut off within a quoted cell', '"Id","Name"\n"1","A'],
  ['cut off between two cells', '"Id","Name"\n"1"'],
  ['with a cell too many', '"Id","Name"\n"1","A","B"\n'],
  ['with text after a closing quote', '"Id","Name"\n"1"x,"A"\n'],
])('an answer %s is refused as a whole and requested again', async (_, text) => {
  await expect(readAll(utf8(text), 7)).rejects.toMatchObject({
    failure: { class: 'retry', code: 'csv_malformed' },
  });
});
