import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { AppError, errorCodes, safeErrorMessage, loggedError } from '#src/domain/errors.ts';

const refused = new DrizzleQueryError(
  'insert into remote_record values ($1)',
  ['Acme GmbH, ceo@acme.com'],
  new Error('disk full'),
);

test('the message of a database error is the database’s own, without the values of the statement', () => {
  expect(safeErrorMessage(refused)).toBe('disk full');
});

test('a long message is shortened, so that it contains no records', () => {
  expect(safeErrorMessage(new Error('x'.repeat(485_004)))).toHaveLength(500);
});

test('a logged error contains neither the statement nor its values at any depth', () => {
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

test('a logged error has the place where it was thrown', () => {
  expect(loggedError(refused)).toMatchObject({ stack: expect.stringMatching(/^ +at .*errors\.test\.ts/) });
});

test('a value that is not an error is returned unchanged', () => {
  expect([safeErrorMessage('text'), loggedError('text')]).toEqual(['text', 'text']);
});

test('each error code has its HTTP status', () => {
  expect(errorCodes).toEqual({
    bad_request: 400,
    not_signed_in: 401,
    not_allowed: 403,
    passkey_needed: 403,
    confirmation_needed: 403,
    not_found: 404,
    conflict: 409,
    too_many_requests: 429,
    setting_invalid: 500,
    connection_failed: 502,
    internal: 500,
  });
});

test('a message of 500 characters is unchanged; a longer one is shortened and ends with an ellipsis', () => {
  expect(safeErrorMessage('x'.repeat(500))).toBe('x'.repeat(500));
  expect(safeErrorMessage('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
});

test('a refused query without a cause has a message without the statement', () => {
  const error = Object.assign(new Error('insert into account'), { query: 'insert', params: [] });
  expect(safeErrorMessage(error)).toBe('the database refused a query');
});

test.each([
  ['a query without values', { query: 'select 1' }],
  ['values without a query', { params: [] }],
])('an error with only %s is an ordinary error', (_case, fields) => {
  expect(safeErrorMessage(Object.assign(new Error('no'), fields))).toBe('no');
});

test('a logged error has a code only if it is a text, and a cause only if it is an error', () => {
  const plain = loggedError(Object.assign(new Error('no', { cause: 'text' }), { code: 5 }));
  expect(Object.keys(plain as object)).toEqual(['type', 'message', 'stack']);
  expect(loggedError(Object.assign(new TypeError('no'), { code: 'EIO' }))).toMatchObject({
    type: 'TypeError',
    code: 'EIO',
  });
});

test('the stack of a logged error has only its frames, one per line', () => {
  const error = new Error('secret');
  error.stack = 'Error: secret\n    at first (a.ts:1:1)\n  of two lines\n    at second (b.ts:2:2)';
  expect(loggedError(error)).toMatchObject({ stack: '    at first (a.ts:1:1)\n    at second (b.ts:2:2)' });
  delete error.stack;
  expect(loggedError(error)).toMatchObject({ stack: '' });
});

test('an AppError has its code, its details and its cause', () => {
  const cause = new Error('below');
  const error = new AppError('conflict', 'It is closed.', { field: 'period' }, cause);
  expect([error.name, error.code, error.detail, error.cause]).toEqual([
    'AppError',
    'conflict',
    { field: 'period' },
    cause,
  ]);
  expect(Object.hasOwn(new AppError('conflict', 'It is closed.'), 'cause')).toBe(false);
});
