import { arrivalOf, succession } from '#src/domain/sync/existence.ts';
import { expect, test } from 'vitest';

test('a record that was merged is not one that was deleted', () => {
  expect(arrivalOf({ deleted: false })).toBe('there');
  expect(arrivalOf({ deleted: true, mergedInto: null })).toBe('gone');
  expect(arrivalOf({ deleted: true, mergedInto: '003' })).toBe('merged');
});

test('of merged records the survivor’s lives on; where the survivor is new, the first that was linked', () => {
  expect(succession('loser', 'survivor')).toEqual({ lives: 'survivor', ends: 'loser' });
  expect(succession('first', null)).toEqual({ lives: 'first', ends: null });
  expect(succession('one', 'one')).toEqual({ lives: 'one', ends: null });
});
