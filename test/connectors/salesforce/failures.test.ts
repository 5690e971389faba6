import { describe, expect, test } from 'vitest';
import { ConnectorError, type FailureClass } from '#connectors/contract/failures.ts';
import { signInFailure, toConnectorError, toFailure } from '#connectors/salesforce/errors.ts';

describe('a refusal by Salesforce', () => {
  const retry = 'Nothing to do: Fairway tries again. If it lasts, look at status.salesforce.com.';
  const signIn =
    'Check that the external client app is enabled (Setup › External Client App Manager) and that the integration user may use it, then check the connection.';
  const rule =
    'Correct the value in the record, or exempt the integration user from the rule in Setup. The next run writes it again.';
  const access =
    'Assign the permission set Fairway_Integration to the integration user (Setup › Permission Sets), or give it access to this object and field. The next run writes it again.';
  const mapping =
    'The mapping names an object or field that Salesforce does not show to the integration user. Correct the mapping, or connect the org again to add Fairway’s fields.';

  test.each<[FailureClass, string, string]>([
    ['retry', retry, 'SERVER_UNAVAILABLE UNKNOWN_EXCEPTION QUERY_TIMEOUT INVALID_QUERY_LOCATOR'],
    ['retry', retry, 'ERROR_HTTP_500 ERROR_HTTP_503 ERROR_HTTP_408 ERROR_HTTP_420 ERROR_HTTP_429'],
    ['auth', signIn, 'INVALID_SESSION_ID INVALID_LOGIN ERROR_HTTP_401 ERROR_HTTP_403'],
    [
      'validation',
      rule,
      'FIELD_FILTER_VALIDATION_EXCEPTION FIELD_INTEGRITY_EXCEPTION NUMBER_OUTSIDE_VALID_RANGE',
    ],
    ['validation', rule, 'INVALID_EMAIL_ADDRESS'],
    [
      'validation',
      'Read Salesforce’s message: this code names no field, so the cause may be the org and not the record. The next run writes it again.',
      'UNHEARD_OF ERROR_HTTP_400 ERROR_HTTP_402 XERROR_HTTP_500 ERROR_HTTP_5000',
    ],
    ['mapping', mapping, 'INVALID_FIELD INVALID_TYPE MALFORMED_QUERY'],
    ['permission', access, 'INVALID_FIELD_FOR_INSERT_UPDATE INSUFFICIENT_ACCESS'],
    [
      'permission',
      'Share the record with the integration user for editing (Setup › Sharing Settings: a sharing rule with Read/Write for this object), or assign it the permission set Fairway_Integration (Setup › Permission Sets). The next run writes it again.',
      'INSUFFICIENT_ACCESS_OR_READONLY',
    ],
    ['permission', access, 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY FUNCTIONALITY_NOT_ENABLED'],
    [
      'retry',
      'Nothing to do: another user was changing the record or its parent. Fairway tries again.',
      'UNABLE_TO_LOCK_ROW',
    ],
    [
      'throttle',
      'The org has used all its API calls (Setup › Company Information). Wait, or buy more calls from Salesforce.',
      'REQUEST_LIMIT_EXCEEDED',
    ],
    [
      'validation',
      "The org's data storage is full (Setup › Storage Usage). Delete data, or buy more storage from Salesforce. The next run writes it again.",
      'STORAGE_LIMIT_EXCEEDED',
    ],
    ['auth', 'The integration user is inactive. Activate it in Setup › Users.', 'INACTIVE_USER'],
    [
      'auth',
      'Salesforce gives this org no API: in Professional Edition, buy the add-on “API access” from Salesforce. In other editions, turn on “API Enabled” in the profile of the integration user (Setup › Profiles). Then connect again.',
      'API_DISABLED_FOR_ORG',
    ],
    [
      'auth',
      'The API is switched off for this user. Turn on “API Enabled” in the profile of the integration user (Setup › Profiles).',
      'API_CURRENTLY_DISABLED',
    ],
    [
      'validation',
      'A validation rule of your org refuses this record. Correct the record, or exempt the integration user in the rule (Setup › Object Manager › Validation Rules). The next run writes it again.',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    ],
    [
      'validation',
      'A required field is empty. Map a value to it, or make the field optional (Setup › Object Manager).',
      'REQUIRED_FIELD_MISSING',
    ],
    [
      'validation',
      'The text does not fit the field. Shorten it in the mapping, or lengthen the field (Setup › Object Manager).',
      'STRING_TOO_LONG',
    ],
    [
      'validation',
      "Add the value to the picklist (Setup › Object Manager), or map it to one of the picklist's values.",
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    ],
    [
      'validation',
      'A duplicate rule blocks the record. Merge the duplicates, or exempt the integration user in the rule (Setup › Duplicate Rules).',
      'DUPLICATES_DETECTED',
    ],
    [
      'validation',
      'Another record has the same unique value. Find it by the id in the message, and merge the two or correct one of them.',
      'DUPLICATE_VALUE',
    ],
    [
      'validation',
      'A flow of your org failed on this record. Read its fault e-mail and correct the flow (Setup › Flows). The next run writes it again.',
      'CANNOT_EXECUTE_FLOW_TRIGGER',
    ],
    [
      'validation',
      'An Apex trigger of your org failed on this record. Ask its developer (Setup › Apex Triggers). The next run writes it again.',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    ],
    [
      'validation',
      "The value does not fit the type of the field. Correct the mapping's conversion.",
      'JSON_PARSER_ERROR',
    ],
    [
      'validation',
      'A reference holds the id of another kind of record. Correct the mapping.',
      'MALFORMED_ID',
    ],
    [
      'gone',
      'The record was deleted in Salesforce. Restore it from the Recycle Bin if it is still needed.',
      'ENTITY_IS_DELETED INVALID_CROSS_REFERENCE_KEY',
    ],
    [
      'mapping',
      'Salesforce does not have this, or does not show it to the integration user. Correct the name, or connect the org again to add Fairway’s objects.',
      'NOT_FOUND',
    ],
  ])('is %s, with the fix “%s”: %s', (failureClass, fix, codes) => {
    for (const code of codes.split(' '))
      expect(toFailure(code, 'no')).toMatchObject({ class: failureClass, code, message: 'no', fix });
  });

  test('of a reference in a named field asks for another value', () => {
    expect(toFailure('INVALID_CROSS_REFERENCE_KEY', 'no', ['OwnerId'])).toEqual({
      class: 'validation',
      code: 'INVALID_CROSS_REFERENCE_KEY',
      message: 'no',
      fields: ['OwnerId'],
      fix: rule,
    });
  });

  test('has its code for a message that is blank, and no fields where none are named', () => {
    expect(toFailure('UNHEARD_OF', '  ')).toEqual({
      class: 'validation',
      code: 'UNHEARD_OF',
      message: 'UNHEARD_OF',
      fix: 'Read Salesforce’s message: this code names no field, so the cause may be the org and not the record. The next run writes it again.',
    });
    expect(toFailure('UNHEARD_OF', 'no', ['OwnerId']).fix).toBe(rule);
    expect(toFailure('REQUEST_RUNNING_TOO_LONG', 'no').class).toBe('retry');
    expect(toFailure('UNHEARD_OF', ' no ').message).toBe('no');
    const repeated = 'duplicate value found: Code__c duplicates value on record with id: 001x';
    expect(toFailure('DUPLICATE_VALUE', repeated).fields).toEqual(['Code__c']);
    expect(toFailure('DUPLICATE_VALUE', 'duplicate value found').fields).toBeUndefined();
  });

  test.each([
    ['TotalRequests Limit exceeded.', 900_000],
    ['ConcurrentRequests (Concurrent API Requests) Limit exceeded.', 30_000],
  ])('by a limit waits as the limit asks: %s', (message, waitMs) => {
    expect(toFailure('REQUEST_LIMIT_EXCEEDED', message).retryAfterMs).toBe(waitMs);
    expect(toFailure('STORAGE_LIMIT_EXCEEDED', message)).not.toHaveProperty('retryAfterMs');
  });
});

describe('an error of a call', () => {
  const failure = (error: unknown) => toConnectorError(error).failure;
  const reachable =
    'Check the login URL and that this server can reach it. A connection that is stored is tried again.';

  test('of Salesforce keeps its code, its message and its fields', () => {
    const error = Object.assign(new Error('Bad value'), {
      errorCode: 'INVALID_FIELD',
      data: { fields: ['A', 5] },
    });
    expect(failure(error)).toMatchObject({
      class: 'mapping',
      code: 'INVALID_FIELD',
      message: 'Bad value',
      fields: ['A', '5'],
    });
    expect(toConnectorError(error).cause).toBe(error);
    for (const data of [undefined, null, 'text', {}, { fields: 'A' }])
      expect(failure(Object.assign(new Error('x'), { errorCode: 'INVALID_FIELD', data }))).not.toHaveProperty(
        'fields',
      );
  });

  test.each<[Error, string, string]>([
    [Object.assign(new Error('slow'), { name: 'TimeoutError' }), 'ETIMEDOUT', 'slow'],
    [
      new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }),
      'ECONNREFUSED',
      'refused',
    ],
    [new TypeError('x', { cause: { code: 5 } }), '5', 'x'],
    [new TypeError('fetch failed'), 'UNREACHABLE', 'fetch failed'],
    [new TypeError('terminated', { cause: new Error('closed') }), 'UNREACHABLE', 'closed'],
  ])('of the network is tried again: %s', (error, code, message) => {
    expect(failure(error)).toEqual({
      class: 'retry',
      code,
      message: `Salesforce could not be reached: ${message}`,
      fix: reachable,
    });
  });

  test('of our own is thrown as it is', () => {
    const known = new ConnectorError({ class: 'gone', code: 'x', message: '', fix: '' });
    expect(toConnectorError(known)).toBe(known);
    for (const error of [
      new TypeError('x is undefined'),
      new Error('fetch failed'),
      'text',
      Object.assign(new Error('x'), { errorCode: 5 }),
    ])
      expect(() => toConnectorError(error)).toThrow(error as Error);
  });
});

describe('a sign-in that Salesforce refuses', () => {
  const manager = '(Setup › External Client App Manager)';
  test.each([
    [
      'invalid_client_id',
      'x',
      `Correct the client id: copy the consumer key of the external client app ${manager}.`,
    ],
    [
      'invalid_client',
      'x',
      `Correct the client id: copy the consumer key of the external client app ${manager}.`,
    ],
    ['inactive_user', 'x', 'Activate the integration user in Setup › Users.'],
    [
      'invalid_grant',
      'expired refresh token',
      'The authorisation has ended or was revoked. Authorise the external client app in Salesforce again, and connect with the new refresh token.',
    ],
    [
      'invalid_grant',
      "user hasn't approved this consumer",
      `Correct the username, or approve the profile or permission set of that user in the policies of the external client app ${manager}.`,
    ],
    [
      'invalid_grant',
      'audience is invalid',
      'Correct the login URL. Production orgs sign in at https://login.salesforce.com, sandboxes at https://test.salesforce.com. Name the audience with --audience where yours is another.',
    ],
    [
      'invalid_grant',
      'invalid assertion',
      `Upload the certificate of this connection's private key to the external client app ${manager}, and check that this server's clock is right.`,
    ],
    [
      'invalid_grant',
      'x',
      `Compare the client id, the username and the private key of this connection with the external client app ${manager}.`,
    ],
  ])('by %s: %s', (code, description, fix) => {
    expect(signInFailure(code, description)).toEqual({
      class: 'auth',
      code,
      message: `Salesforce refused to sign in: ${code}: ${description}`,
      fix,
    });
  });
});
