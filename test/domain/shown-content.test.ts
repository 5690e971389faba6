import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import { contentChanges, refuseUnseen } from '#src/domain/shown-content.ts';

function refusal(shown: Record<string, string>, current: Record<string, string>): AppError {
  try {
    refuseUnseen(shown, current);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('It was not refused.');
}

test('the same content is accepted in any order of its parts', () => {
  expect(() => refuseUnseen({ a: '1', b: '2' }, { b: '2', a: '1' })).not.toThrow();
  expect(contentChanges({ a: '1' }, { a: '1' })).toEqual([]);
});

test('a program that shows nothing is not refused', () => {
  expect(() => refuseUnseen(undefined, { a: '1' })).not.toThrow();
});

describe('changed content is refused', () => {
  test('with what changed, what is new and what is gone', () => {
    const error = refusal({ a: 'Amount: 5', b: 'Rival: X' }, { a: 'Amount: 6', c: 'Rival: Y' });
    expect(error.code).toBe('conflict');
    expect(error.detail['changes']).toEqual([
      { before: 'Amount: 5', now: 'Amount: 6' },
      { before: null, now: 'Rival: Y' },
      { before: 'Rival: X', now: null },
    ]);
    expect(error.message).toBe(
      'This has changed since you opened it. Amount: 6 (before: Amount: 5). New: Rival: Y. Gone: Rival: X. Check the page as it is now and decide again.',
    );
  });

  test('with all changes for the page, and the first three in the message', () => {
    const current = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, `Part ${key}`]));
    const error = refusal({}, current);
    expect(error.detail['changes']).toHaveLength(5);
    expect(error.message).toContain('New: Part c. And 2 more. Check the page');
    expect(refusal({}, { a: '1', b: '2', c: '3' }).message).not.toContain('more');
  });

  test('even when only a name of JavaScript’s own is sent', () => {
    expect(refusal(JSON.parse('{"__proto__":"x"}') as Record<string, string>, {}).code).toBe('conflict');
    expect(refusal({}, { constructor: 'x' }).code).toBe('conflict');
  });
});
