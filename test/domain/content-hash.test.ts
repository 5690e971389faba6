import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import { canonicalJson, contentHash } from '#src/domain/content-hash.ts';

test('the order of keys does not change the hash, at any depth', () => {
  expect(contentHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(
    contentHash({ b: { d: null, c: [1, 2] }, a: 1 }),
  );
});

test('the hash is SHA-256 of the canonical JSON, in hex', () => {
  expect(contentHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
});

test('different content gives different hashes', () => {
  const hashes = [{}, [], '', '1', 1, true, null, { a: null }, { a: [] }, [[]], { b: null }].map(contentHash);
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('canonical JSON parses back to the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(JSON.stringify(JSON.parse(canonicalJson(value)), sorted)).toBe(JSON.stringify(value, sorted));
    }),
  );
});

test('bigints are hashed as integers, and undefined members like absent ones', () => {
  expect(canonicalJson({ amountMinor: 12345678901234567890n, note: undefined })).toBe(
    '{"amountMinor":12345678901234567890}',
  );
});

test.each([[Number.NaN], [() => 1], [undefined], [new Map()], [new Date(0)]])(
  'what JSON cannot hold is refused: %s',
  (value) => {
    expect(() => contentHash(value)).toThrow(AppError);
  },
);

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
