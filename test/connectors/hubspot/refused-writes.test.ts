import { expect, test } from 'vitest';
import { failureOf } from '#connectors/hubspot/errors.ts';
import { toFailure } from '#connectors/salesforce/errors.ts';

test.each([
  'FIELD_CUSTOM_VALIDATION_EXCEPTION',
  'INVALID_EMAIL_ADDRESS',
  'INSUFFICIENT_ACCESS',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'UNHEARD_OF',
])(
  'what to do about %s of Salesforce ends with what Fairway then does: the next run writes it again',
  (code) => {
    expect(toFailure(code, 'no').fix).toMatch(/the next run writes it again\.$/);
  },
);

test('what to do about a record HubSpot refuses ends with what Fairway then does: the next run writes it again', () => {
  expect(failureOf(400, { message: 'no' }, null).fix).toMatch(/the next run writes it again\.$/);
});
