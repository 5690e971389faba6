import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replacesStored, type RecordVersion } from '#src/domain/sync/replaces-stored.ts';

/** A version that was modified at minute 10 and requested at minute 20. */
const version = (changes: { hash?: string; deleted?: boolean; modified?: number; pulled?: number } = {}) => {
  const { hash = 'a', deleted = false, modified = 10, pulled = 20 } = changes;
  const minute = (at: number): Date => new Date(Date.UTC(2026, 10, 16, 9, at));
  return { hash, deleted, modifiedAt: minute(modified), pulledAt: minute(pulled) } satisfies RecordVersion;
};

describe('a version that was read', () => {
  test.each<[string, Parameters<typeof version>[0], Parameters<typeof version>[0], boolean]>([
    ['a newer one, even if it was requested earlier', { modified: 11, pulled: 19, hash: 'b' }, {}, true],
    ['a newer one with the same content', { modified: 11 }, {}, true],
    ['a newer one of a deleted record', { modified: 11 }, { deleted: true }, true],
    ['an older one, even if it was requested later', { modified: 9, pulled: 21, hash: 'b' }, {}, false],
    ['one of the same time with the same content', { pulled: 21 }, {}, false],
    ['one of the same time that was requested later', { pulled: 21, hash: 'b' }, {}, true],
    ['one of the same time that was requested at the same time', { hash: 'b' }, {}, true],
    ['one of the same time that was requested earlier', { pulled: 19, hash: 'b' }, {}, false],
    ['a deletion of the same time', { hash: 'b', deleted: true }, {}, true],
    ['a living record with the time of its deletion', { pulled: 21, hash: 'b' }, { deleted: true }, false],
    ['a second deletion of the same time', { pulled: 21, hash: 'b', deleted: true }, { deleted: true }, true],
  ])('replaces the stored one, or not: %s', (_case, next, stored, expected) => {
    expect(replacesStored(version(next), version(stored))).toBe(expected);
  });

  test.each<[string, Parameters<typeof version>[0], boolean]>([
    ['requested later', { pulled: 21 }, true],
    ['requested at the same time', {}, true],
    ['requested earlier', { pulled: 19, modified: 11, hash: 'b' }, false],
    ['requested later with an older modification time', { pulled: 21, modified: 9 }, true],
  ])(
    'that was fetched because the stored one is in doubt counts by its request: %s',
    (_case, next, expected) => {
      expect(replacesStored(version(next), version(), 'asked')).toBe(expected);
    },
  );

  test('and another one end at the same version, in any order of arrival', () => {
    const any = fc.record({
      hash: fc.constantFrom('a', 'b'),
      deleted: fc.constant(false),
      modified: fc.constantFrom(9, 10),
      pulled: fc.integer({ min: 20, max: 25 }),
    });
    fc.assert(
      fc.property(any, any, (left, right) => {
        fc.pre(left.pulled !== right.pulled);
        const [one, other] = [version(left), version(right)];
        const stored = (first: RecordVersion, second: RecordVersion) =>
          replacesStored(second, first) ? second : first;
        const after = (found: RecordVersion) => [found.hash, found.modifiedAt];
        expect(after(stored(one, other))).toEqual(after(stored(other, one)));
      }),
    );
  });
});
