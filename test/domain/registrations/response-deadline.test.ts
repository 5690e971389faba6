import { expect, test } from 'vitest';
import { answerDueAt } from '#src/domain/registrations/response-deadline.ts';

const due = (submitted: string): string => answerDueAt(new Date(submitted)).toISOString();

test('an answer is due at the same time two business days later', () => {
  expect(due('2026-11-16T09:30:00Z')).toBe('2026-11-18T09:30:00.000Z');
});

test('a weekend does not count: Thursday’s is due on Monday, Friday’s on Tuesday', () => {
  expect(due('2026-11-19T09:30:00Z')).toBe('2026-11-23T09:30:00.000Z');
  expect(due('2026-11-20T23:59:00Z')).toBe('2026-11-24T23:59:00.000Z');
});

test('a registration submitted on a weekend counts from Monday 00:00', () => {
  expect(due('2026-11-21T15:00:00Z')).toBe('2026-11-25T00:00:00.000Z');
  expect(due('2026-11-22T23:00:00Z')).toBe('2026-11-25T00:00:00.000Z');
});
