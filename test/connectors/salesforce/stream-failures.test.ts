import grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { FailureClass } from '#connectors/contract/failures.ts';
import {
  isAnswered,
  isReplayIdLost,
  isSessionRefused,
  toPubSubError,
  toStreamFailure,
} from '#connectors/salesforce/events/pub-sub-error.ts';

describe('an error of the event stream', () => {
  const { INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED, UNAVAILABLE } = grpc.status;
  const streamError = (code: unknown, vendorCode?: string): Error => {
    const metadata = new grpc.Metadata();
    if (vendorCode !== undefined) metadata.set('error-code', vendorCode);
    return Object.assign(new Error('broken'), { code, metadata });
  };

  test('has the status and Salesforce’s code', () => {
    expect(toPubSubError(streamError(3, 'sfdc.x'))).toEqual({ status: 3, code: 'sfdc.x', message: 'broken' });
    expect(toPubSubError(streamError(3))).toEqual({ status: 3, code: null, message: 'broken' });
    expect(toPubSubError(Object.assign(new Error('broken'), { code: 3, metadata: 5 }))).toMatchObject({
      code: null,
    });
  });

  test.each([
    ['text'],
    [new Error('x')],
    [streamError('3')],
    [Object.assign(new Error('x'), { code: 3 })],
    [{ code: 3, metadata: 5 }],
  ])('is not %s', (error) => {
    expect(toPubSubError(error)).toBeNull();
  });

  test.each<[grpc.status, string | null, string, boolean]>([
    [INVALID_ARGUMENT, 'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted', 'x', true],
    [INVALID_ARGUMENT, null, 'The Replay ID is invalid', true],
    [INVALID_ARGUMENT, 'other', 'The Replay ID is invalid', false],
    [NOT_FOUND, null, 'The Replay ID is invalid', false],
  ])(
    'with the status %i, the code %s and “%s” means that the replay id is lost: %s',
    (status, code, message, expected) => {
      expect(isReplayIdLost({ status, code, message })).toBe(expected);
    },
  );

  test.each<[grpc.status, FailureClass, boolean, string, string]>([
    [
      UNAUTHENTICATED,
      'auth',
      false,
      'GRPC_UNAUTHENTICATED',
      'Check that the external client app is enabled (Setup › External Client App Manager) and that the integration user may use it, then check the connection.',
    ],
    [
      INVALID_ARGUMENT,
      'permission',
      true,
      'GRPC_INVALID_ARGUMENT',
      'Select the objects in Setup › Change Data Capture and let the integration user read them, or connect with --no-change-events.',
    ],
    [
      NOT_FOUND,
      'permission',
      true,
      'GRPC_NOT_FOUND',
      'Select the objects in Setup › Change Data Capture and let the integration user read them, or connect with --no-change-events.',
    ],
    [
      PERMISSION_DENIED,
      'permission',
      true,
      'GRPC_PERMISSION_DENIED',
      'Select the objects in Setup › Change Data Capture and let the integration user read them, or connect with --no-change-events.',
    ],
    [
      UNAVAILABLE,
      'retry',
      false,
      'GRPC_UNAVAILABLE',
      'Nothing to do: Fairway opens the stream again. If it lasts, check that this server can reach the Pub/Sub API.',
    ],
    [
      99 as grpc.status,
      'retry',
      false,
      'GRPC_99',
      'Nothing to do: Fairway opens the stream again. If it lasts, check that this server can reach the Pub/Sub API.',
    ],
  ])('with the status %i is of class %s', (status, failureClass, answered, code, fix) => {
    const error = { status, code: null, message: 'broken' };
    expect([isAnswered(error), isSessionRefused(error)]).toEqual([answered, failureClass === 'auth']);
    const message = "Salesforce's change events were interrupted: broken";
    expect(toStreamFailure(error).failure).toEqual({ class: failureClass, code, message, fix });
    expect(toStreamFailure({ ...error, code: 'sfdc.x' }).failure.code).toBe('sfdc.x');
  });
});
