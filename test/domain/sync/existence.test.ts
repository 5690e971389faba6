import { existenceOf, mergeSuccession } from '#src/domain/sync/existence.ts';
import { expect, test } from 'vitest';

test('a record that was merged is not one that was deleted', () => {
  expect(existenceOf({ deleted: false })).toBe('there');
  expect(existenceOf({ deleted: true, mergedInto: null })).toBe('gone');
  expect(existenceOf({ deleted: true, mergedInto: '003' })).toBe('merged');
});

test('of merged records the survivor’s lives on; where the survivor is new, the first that was linked', () => {
  expect(mergeSuccession('loser', 'survivor')).toEqual({ lives: 'survivor', ends: 'loser' });
  expect(mergeSuccession('first', null)).toEqual({ lives: 'first', ends: null });
  expect(mergeSuccession('one', 'one')).toEqual({ lives: 'one', ends: null });
});
