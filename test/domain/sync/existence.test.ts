import { existenceOf, mergeSuccession } from '#src/domain/sync/existence.ts';
import { expect, test } from 'vitest';

test('a merged record is distinguished from a deleted one', () => {
  expect(existenceOf({ deleted: false })).toBe('exists');
  expect(existenceOf({ deleted: true, mergedInto: null })).toBe('gone');
  expect(existenceOf({ deleted: true, mergedInto: '003' })).toBe('merged');
});

test('of two merged records the vendor’s survivor is kept, or the loser if the survivor is not linked yet', () => {
  expect(mergeSuccession('loser', 'survivor')).toEqual({ survivingId: 'survivor', endedId: 'loser' });
  expect(mergeSuccession('first', null)).toEqual({ survivingId: 'first', endedId: null });
  expect(mergeSuccession('one', 'one')).toEqual({ survivingId: 'one', endedId: null });
});
