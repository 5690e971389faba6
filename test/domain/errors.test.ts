import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { AppError, errorWords, loggedError } from '#src/domain/errors.ts';

const refused = new DrizzleQueryError(
  'insert into remote_record values ($1)',
  ['Acme GmbH, ceo@acme.com'],
  new Error('disk full'),
);

test('a database error is told in the database’s words, without the values of the statement', () => {
  expect(errorWords(refused)).toBe('disk full');
});

test('a long message is cut, so that no record travels in it', () => {
  expect(errorWords(new Error('x'.repeat(485_004)))).toHaveLength(500);
});

test('what is logged of an error holds neither the statement nor its values, however deep', () => {
  const text = JSON.stringify(
    loggedError(new AppError('internal', 'It failed.', { secret: 'ceo@acme.com' }, refused)),
  );
  expect(text).not.toMatch(/Acme|ceo@|insert into/);
  expect(JSON.parse(text)).toMatchObject({
    type: 'AppError',
    code: 'internal',
    message: 'It failed.',
    cause: { message: 'disk full' },
  });
});

test('what is logged of an error says where it was thrown', () => {
  expect(loggedError(refused)).toMatchObject({ stack: expect.stringMatching(/^ +at .*errors\.test\.ts/) });
});

test('what is not an error is passed on', () => {
  expect([errorWords('text'), loggedError('text')]).toEqual(['text', 'text']);
});
