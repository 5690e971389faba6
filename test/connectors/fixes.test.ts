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
  'the fix for %s of Salesforce ends with what Fairway does after it: the next run writes it again',
  (code) => {
    expect(toFailure(code, 'no').fix).toMatch(/The next run writes it again\.$/);
  },
);

test('the fix for a record that HubSpot refuses ends with what Fairway does after it: the next run writes it again', () => {
  expect(failureOf(400, { message: 'no' }, null).fix).toMatch(/The next run writes it again\.$/);
});
