import { describe, expect, test } from 'vitest';
import type { FailureClass } from '#connectors/contract/failures.ts';
import {
  errorSchema,
  failureOf,
  isLock,
  unreachable,
  unreadable,
  type HubspotErrorBody,
} from '#connectors/hubspot/errors.ts';

describe('the class of a refusal by HubSpot', () => {
  test.each<[number, HubspotErrorBody, FailureClass, string]>([
    [400, { category: 'VALIDATION_ERROR' }, 'validation', 'VALIDATION_ERROR'],
    [400, {}, 'validation', 'HTTP_400'],
    [400, { errors: [{ code: 'PROPERTY_DOESNT_EXIST' }] }, 'mapping', 'PROPERTY_DOESNT_EXIST'],
    [400, { errors: [{ code: 'READ_ONLY_VALUE' }] }, 'mapping', 'READ_ONLY_VALUE'],
    [400, { message: 'unable to infer object type from: x' }, 'mapping', 'HTTP_400'],
    [400, { message: 'Property "x" does not exist' }, 'mapping', 'HTTP_400'],
    [429, { policyName: 'DAILY', category: 'RATE_LIMITS' }, 'throttle', 'DAILY'],
    [200, { category: 'RATE_LIMITS' }, 'throttle', 'RATE_LIMITS'],
    [401, {}, 'auth', 'HTTP_401'],
    [200, { category: 'INVALID_AUTHENTICATION' }, 'auth', 'INVALID_AUTHENTICATION'],
    [200, { category: 'EXPIRED_AUTHENTICATION' }, 'auth', 'EXPIRED_AUTHENTICATION'],
    [403, {}, 'permission', 'HTTP_403'],
    [200, { category: 'MISSING_SCOPES' }, 'permission', 'MISSING_SCOPES'],
    [404, {}, 'gone', 'HTTP_404'],
    [207, { category: 'OBJECT_NOT_FOUND' }, 'gone', 'OBJECT_NOT_FOUND'],
    [500, {}, 'retry', 'HTTP_500'],
    [503, {}, 'retry', 'HTTP_503'],
    [499, {}, 'validation', 'HTTP_499'],
    [477, {}, 'retry', 'HTTP_477'],
    [408, {}, 'retry', 'HTTP_408'],
    [423, {}, 'retry', 'HTTP_423'],
    [207, { category: 'INTERNAL_ERROR' }, 'retry', 'INTERNAL_ERROR'],
    [207, { category: 'UNKNOWN' }, 'retry', 'UNKNOWN'],
    [207, { category: 'TIMEOUT' }, 'retry', 'TIMEOUT'],
    [207, { category: 'LOCKED' }, 'retry', 'LOCKED'],
    [409, { category: 'CONFLICT', message: 'The record is being updated' }, 'retry', 'CONFLICT'],
    [409, { category: 'CONFLICT' }, 'retry', 'CONFLICT'],
    [409, { category: 'CONFLICT', message: 'Contact already exists' }, 'validation', 'CONFLICT'],
    [409, { category: 'CONFLICT', message: 'It already has that value' }, 'validation', 'CONFLICT'],
    [409, { category: 'CONFLICT', message: 'Existing ID: 5' }, 'validation', 'CONFLICT'],
  ])('with status %i and %j is %s, by the code %s', (status, body, failureClass, code) => {
    expect(failureOf(status, body, null)).toMatchObject({ class: failureClass, code });
  });

  test.each<[string, FailureClass, boolean]>([
    ['LOCKED', 'retry', true],
    ['CONFLICT', 'retry', true],
    ['HTTP_423', 'retry', true],
    ['HTTP_500', 'retry', false],
    ['CONFLICT', 'validation', false],
  ])('%s of class %s means that another write is in progress: %s', (code, failureClass, expected) => {
    expect(isLock({ class: failureClass, code, message: '', fix: '' })).toBe(expected);
  });
});

describe('the wait after a limit', () => {
  test.each<[HubspotErrorBody, number | null, number]>([
    [{ policyName: 'SECONDLY' }, null, 1_000],
    [{ policyName: 'TEN_SECONDLY_ROLLING' }, null, 10_000],
    [{ policyName: 'DAILY' }, null, 3_600_000],
    [{ policyName: 'DAILY' }, 5_000, 5_000],
    [{}, 0, 0],
  ])('of %j that names %j is %i ms', (body, named, waitMs) => {
    expect(failureOf(429, body, named).retryAfterMs).toBe(waitMs);
  });

  test('is given for a limit only', () => {
    expect(failureOf(500, {}, 5_000)).not.toHaveProperty('retryAfterMs');
  });
});

describe('a refusal names the properties and HubSpot’s text for each', () => {
  test('as newer answers list them, each property once', () => {
    const errors = [
      { message: 'Too long.', code: 'INVALID_STRING', context: { propertyName: ['name', 'city'] } },
      { message: 'Not an option.', context: { properties: ['name'] } },
      {},
    ];
    expect(failureOf(400, { message: 'whole', errors }, null)).toMatchObject({
      code: 'INVALID_STRING',
      message: 'Too long. Not an option.',
      fields: ['name', 'city'],
    });
  });

  test('as older answers quote them inside the message', () => {
    const quoted = [
      { isValid: false, message: 'No such option.', error: 'INVALID_OPTION', name: 'tier' },
      { message: 'Too long.', error: 'TOO_LONG', name: 'city' },
    ];
    expect(
      failureOf(400, { message: `Property values were not valid: ${JSON.stringify(quoted)}` }, null),
    ).toMatchObject({
      code: 'INVALID_OPTION',
      message: 'No such option. Too long.',
      fields: ['tier', 'city'],
    });
  });

  test.each([
    'Property values were not valid: [{]',
    'Property values were not valid: [{"a":1}]',
    'No list: []',
  ])('and otherwise repeats the message: %s', (message) => {
    const failure = failureOf(400, { message }, null);
    expect([failure.code, failure.message, 'fields' in failure]).toEqual(['HTTP_400', message, false]);
  });

  test('and says the status where there is no text at all', () => {
    expect(failureOf(418, { errors: [] }, null).message).toBe('HubSpot answered with status 418.');
  });
});

describe('what to do about it', () => {
  const context = (key: string, ...values: string[]) => [{ context: { [key]: values } }];

  test.each<[string, number, HubspotErrorBody, string]>([
    [
      'a token that is refused',
      401,
      {},
      'Copy the access token of the service key or app (HubSpot: Settings › Integrations) into this connection again, or install the OAuth app again.',
    ],
    [
      'missing scopes',
      403,
      { errors: context('requiredGranularScopes', 'crm.a', 'crm.b') },
      'Add the missing scopes crm.a, crm.b to the service key or app (HubSpot: Settings › Integrations).',
    ],
    [
      'missing scopes by their older name',
      403,
      { errors: context('requiredScopes', 'crm.c') },
      'Add the missing scopes crm.c to the service key or app (HubSpot: Settings › Integrations).',
    ],
    [
      'missing scopes without names',
      403,
      { errors: [{}] },
      'Add the missing scopes to the service key or app (HubSpot: Settings › Integrations). Registrations and payouts are custom objects: HubSpot offers these scopes only to accounts with an Enterprise subscription.',
    ],
    [
      'the daily limit',
      429,
      { policyName: 'DAILY' },
      'The account has used all its API calls of today. Wait until midnight, or buy a higher API limit from HubSpot.',
    ],
    ['another limit', 429, {}, 'Nothing to do: Fairway waits and then continues.'],
    [
      'a property that does not exist',
      400,
      { errors: [{ code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['tier', 'city'] } }] },
      'Correct the mapping of tier, city: the property does not exist in HubSpot or is read-only. Connect the account again to add missing properties of Fairway.',
    ],
    [
      'an object that does not exist',
      400,
      { message: 'Unable to infer object type from: x' },
      'The object or property does not exist in this HubSpot account. Connect the account again to add it.',
    ],
    [
      'a deleted record',
      404,
      {},
      'The record was deleted or merged in HubSpot. Restore it there if it is still needed.',
    ],
    ['a server error', 500, {}, 'Nothing to do: Fairway tries again.'],
    [
      'a value that is no option',
      400,
      { errors: [{ code: 'INVALID_OPTION', context: { propertyName: ['tier'] } }] },
      'Add this option to tier (HubSpot: Settings › Properties), or map the value to one of its options.',
    ],
    [
      'a value that another record has',
      400,
      { errors: [{ code: 'CONFLICTING_UNIQUE_VALUE', context: { propertyName: ['key'] } }] },
      'Another record has the same value in key. Merge the two records or correct one of them in HubSpot.',
    ],
    [
      'any other refused property',
      400,
      { errors: [{ context: { propertyName: ['city'] } }] },
      'Correct city on the record, or the rule that refuses it (HubSpot: Settings › Properties). The next run writes it again.',
    ],
    [
      'any other refusal',
      400,
      {},
      'Correct the record, or the rule that refuses it (HubSpot: Settings › Properties). The next run writes it again.',
    ],
  ])('%s', (_case, status, body, fix) => {
    expect(failureOf(status, body, null).fix).toBe(fix);
  });

  test.each<[unknown, string]>([
    [new Error('fetch failed', { cause: new Error('ECONNREFUSED') }), 'fetch failed: ECONNREFUSED'],
    [new Error('timeout', { cause: 'x' }), 'timeout'],
    ['down', 'down'],
  ])('no answer (%s)', (reason, message) => {
    expect(unreachable(reason)).toEqual({
      class: 'retry',
      code: 'UNREACHABLE',
      message: `HubSpot could not be reached: ${message}`,
      fix: 'Check that this server can reach HubSpot’s API. A connection that is stored is tried again.',
    });
  });

  test('an answer in another format', () => {
    expect(unreadable('/crm/x', 'results: expected array')).toEqual({
      class: 'retry',
      code: 'UNREADABLE_ANSWER',
      message: 'HubSpot’s answer to /crm/x does not have the documented format: results: expected array',
      fix: 'Try again later. If it happens again, report this message, because the API may have changed.',
    });
  });
});

test('an error body is read even when parts of it have another form', () => {
  const body = {
    message: 'no',
    category: 'VALIDATION_ERROR',
    policyName: 'DAILY',
    status: 5,
    context: 'text',
    errors: 'text',
  };
  expect(errorSchema.parse(body)).toEqual({
    message: 'no',
    category: 'VALIDATION_ERROR',
    policyName: 'DAILY',
  });
  const nested = {
    context: { id: [5, 'a'] },
    errors: [{ message: 'x', code: 'C', context: 5 }, { context: { a: ['b'] } }],
  };
  expect(errorSchema.parse(nested)).toEqual({
    context: { id: ['5', 'a'] },
    errors: [{ message: 'x', code: 'C' }, { context: { a: ['b'] } }],
  });
  expect(errorSchema.parse({ status: 'error' })).toEqual({ status: 'error' });
});
