import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disjointSets } from '#src/domain/disjoint-sets.ts';

test('members are in one set exactly when joins connect them, in any order of the joins', () => {
  const member = fc.integer({ min: 0, max: 7 });
  fc.assert(
    fc.property(fc.array(fc.tuple(member, member), { maxLength: 12 }), (joins) => {
      const sets = disjointSets();
      /** For each member, everything it is connected to. */
      const connected = Array.from({ length: 8 }, (_, each) => new Set([each]));
      for (const [one, other] of joins) {
        sets.join(one, other);
        const all = new Set([...(connected[one] ?? []), ...(connected[other] ?? [])]);
        for (const each of all) connected[each] = all;
      }
      for (let one = 0; one < 8; one++)
        for (let other = 0; other < 8; other++)
          expect(sets.rootOf(one) === sets.rootOf(other)).toBe(connected[one]?.has(other));
    }),
  );
});

test('the root of a set is the root of the first of the two that were joined last', () => {
  const sets = disjointSets();
  expect(sets.rootOf(5)).toBe(5);
  sets.join(1, 2);
  sets.join(3, 1);
  expect([1, 2, 3].map((member) => sets.rootOf(member))).toEqual([3, 3, 3]);
});
