import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { JudgedWrite, RuleVerdict, WebhookRequest } from '#connectors/contract/crm.ts';
import type { JsonValue } from '#connectors/contract/records.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { readWebhook } from '#connectors/hubspot/events/webhook.ts';
import type { CustomObjects } from '#connectors/hubspot/schema/custom-objects.ts';
import { readHubspotWriteRules } from '#connectors/hubspot/schema/write-rules.ts';

/** The rules of one property, as HubSpot would answer. */
async function rulesOf(...propertyValidationRules: object[]) {
  const asked: unknown[] = [];
  const api = {
    send: (call: unknown, schema: { parse: (body: unknown) => unknown }) => {
      asked.push(call);
      return Promise.resolve({
        data: schema.parse({ results: [{ propertyName: 'city', propertyValidationRules }] }),
      });
    },
  } as unknown as HubspotApi;
  const customObjects = {
    typeIdOf: (object: string) => Promise.resolve(`2-${object}`),
  } as unknown as CustomObjects;
  const rules = await readHubspotWriteRules(api, customObjects, {
    object: 'payout',
    label: 'Payout',
    fields: [],
  });
  return { rules, asked };
}
const writeOf = (city: JsonValue | undefined): JudgedWrite => ({
  operation: 'update',
  fields: city === undefined ? {} : { city },
  current: { city: 'x' },
});

describe('the rules of a property', () => {
  test('are asked for by type id, and each says what it refuses and what to do', async () => {
    const { rules, asked } = await rulesOf({ ruleType: 'MIN_LENGTH', ruleArguments: [3] });
    expect(asked).toEqual([{ method: 'GET', path: '/crm/property-validations/2026-09/2-payout' }]);
    expect(rules).toEqual([
      {
        name: 'city: MIN_LENGTH',
        kind: 'validation',
        failure: {
          class: 'validation',
          code: 'MIN_LENGTH',
          message: 'Validation rule MIN_LENGTH 3 of city refuses the value.',
          fix: 'Correct the value that is mapped to city, or relax its validation rule (HubSpot: Settings › Properties).',
          fields: ['city'],
        },
        reads: [],
        judge: expect.any(Function),
      },
    ]);
  });

  test.each<[string, string | undefined, JsonValue | undefined, RuleVerdict]>([
    ['MIN_LENGTH', '3', 'abc', 'passes'],
    ['MIN_LENGTH', '3', 'ab', 'refuses'],
    ['MIN_LENGTH', '3', '', 'passes'],
    ['MIN_LENGTH', '3', null, 'passes'],
    ['MIN_LENGTH', '3', undefined, 'passes'],
    ['MIN_LENGTH', undefined, 'ab', 'unknown'],
    ['MIN_LENGTH', 'x', 'ab', 'unknown'],
    ['MAX_LENGTH', '3', 'abc', 'passes'],
    ['MAX_LENGTH', '3', 'abcd', 'refuses'],
    ['MIN_NUMBER', '10', 10, 'passes'],
    ['MIN_NUMBER', '10', '9.99', 'refuses'],
    ['MIN_NUMBER', '10', 'x', 'unknown'],
    ['MAX_NUMBER', '10', 10, 'passes'],
    ['MAX_NUMBER', '10', 10.01, 'refuses'],
    ['START_DATE', '2026-11-01', '2026-11-01', 'passes'],
    ['START_DATE', '2026-11-01', '2026-10-31', 'refuses'],
    ['START_DATE', '1793491200000', '2026-11-01', 'passes'],
    ['START_DATE', '1793491200000', '2026-10-31', 'refuses'],
    ['START_DATE', '2026-11-01T23:00:00Z', '2026-11-01', 'passes'],
    ['START_DATE', 'soon', '2026-11-01', 'unknown'],
    ['END_DATE', '2026-11-01', '2026-11-01', 'passes'],
    ['END_DATE', '2026-11-01', '2026-11-02', 'refuses'],
    ['START_DATETIME', '2026-11-01T08:00:00Z', '2026-11-01T08:00:00.000Z', 'passes'],
    ['START_DATETIME', '2026-11-01T08:00:00Z', '2026-11-01T07:59:59.999Z', 'refuses'],
    ['END_DATETIME', '-86400000', '1969-12-31T00:00:00.000Z', 'passes'],
    ['END_DATETIME', '-86400000', '1969-12-31T00:00:00.001Z', 'refuses'],
    ['END_DATETIME', '1234', '2026-11-01T08:00:00.000Z', 'refuses'],
    ['ALPHANUMERIC', 'NUMERIC_ONLY', '123', 'passes'],
    ['ALPHANUMERIC', 'NUMERIC_ONLY', '12a', 'refuses'],
    ['ALPHANUMERIC', 'NUMERIC_ONLY', '1 2', 'unknown'],
    ['ALPHANUMERIC', 'ALPHA_ONLY', 'abc', 'passes'],
    ['ALPHANUMERIC', 'ALPHA_ONLY', 'ab1', 'refuses'],
    ['ALPHANUMERIC', 'ALPHA_ONLY', 'ä', 'unknown'],
    ['ALPHANUMERIC', 'BOTH', 'a1', 'passes'],
    ['ALPHANUMERIC', 'BOTH', 'a-1', 'unknown'],
    ['SPECIAL_CHARACTERS', undefined, 'a1', 'passes'],
    ['SPECIAL_CHARACTERS', undefined, 'a-1', 'unknown'],
    ['WHITESPACE', undefined, 'a1', 'passes'],
    ['WHITESPACE', undefined, 'a 1', 'unknown'],
    ['FORMAT', undefined, 'a1', 'unknown'],
  ])('%s %s judges %j: it %s', async (ruleType, argument, value, verdict) => {
    const { rules } = await rulesOf({ ruleType, ruleArguments: argument === undefined ? [] : [argument] });
    expect(rules[0]?.judge(writeOf(value))).toBe(verdict);
  });

  test.each<[string, string, JsonValue, RuleVerdict]>([
    ['MAX_LENGTH', '1', 'ab', 'unknown'],
    ['MAX_LENGTH', '2', 'ab', 'passes'],
    ['ALPHANUMERIC', 'ALPHA_ONLY', 'a1', 'unknown'],
    ['MAX_NUMBER', '1', 2, 'refuses'],
  ])('%s %s with normalisation judges %j: it %s', async (ruleType, argument, value, verdict) => {
    const { rules } = await rulesOf({ ruleType, ruleArguments: [argument], shouldApplyNormalization: true });
    expect(rules[0]?.judge(writeOf(value))).toBe(verdict);
    const plain = await rulesOf({ ruleType, ruleArguments: [argument], shouldApplyNormalization: false });
    expect(plain.rules[0]?.judge(writeOf(value))).toBe(verdict === 'unknown' ? 'refuses' : verdict);
  });
});

describe('a webhook of HubSpot', () => {
  const now = new Date('2026-11-01T08:00:00.000Z');
  const namesOf = (typeId: string): readonly string[] =>
    ({ '0-2': ['companies'], '0-3': ['deals'], '2-1': ['p_registration', 'p_payout'] })[typeId] ?? [];

  function request(
    events: unknown,
    changes: { age?: number; url?: string; signedUrl?: string; headers?: object } = {},
  ): WebhookRequest {
    const { age = 0, url = 'https://x.test/hooks', signedUrl = url, headers = {} } = changes;
    const rawBody = Buffer.from(typeof events === 'string' ? events : JSON.stringify(events));
    const timestamp = String(now.getTime() - age);
    const signature = createHmac('sha256', 'key')
      .update(`POST${signedUrl}`)
      .update(rawBody)
      .update(timestamp)
      .digest('base64');
    return {
      method: 'POST',
      url,
      receivedAt: now,
      rawBody,
      headers: { 'X-HubSpot-Signature-v3': signature, 'x-hubspot-request-timestamp': timestamp, ...headers },
    } as WebhookRequest;
  }
  const read = (given: WebhookRequest, appId: string | null = null) =>
    readWebhook(given, { clientSecret: 'key', appId, namesOf });
  const event = { subscriptionType: 'object.propertyChange', objectTypeId: '0-3', objectId: 5 };

  test.each<[string, WebhookRequest, boolean]>([
    ['signed now', request([event]), true],
    ['five minutes old', request([event], { age: 300_000 }), true],
    ['more than five minutes old', request([event], { age: 300_001 }), false],
    ['five minutes in the future', request([event], { age: -300_000 }), true],
    ['more than five minutes in the future', request([event], { age: -300_001 }), false],
    ['for another address', request([event], { signedUrl: 'https://y.test/hooks' }), false],
    [
      'for its decoded address',
      request([event], { url: 'https://x.test/a%3ab%2C', signedUrl: 'https://x.test/a:b,' }),
      true,
    ],
    [
      'for an address with a space',
      request([event], { url: 'https://x.test/a%20b', signedUrl: 'https://x.test/a%20b' }),
      true,
    ],
    ['without a signature', request([event], { headers: { 'X-HubSpot-Signature-v3': undefined } }), false],
    ['with half a signature', request([event], { headers: { 'X-HubSpot-Signature-v3': 'YWJj' } }), false],
    ['without a time', request([event], { headers: { 'x-hubspot-request-timestamp': undefined } }), false],
    [
      'with a time that is no number',
      request([event], { headers: { 'x-hubspot-request-timestamp': '1e12' } }),
      false,
    ],
  ])('that is %s is read: %s', (_case, given, isRead) => {
    expect(read(given)).toEqual(isRead ? [{ object: 'deals', extId: '5' }] : null);
  });

  test.each([
    ['no JSON', '{'],
    ['no list', '{}'],
    ['no event', '[5]'],
  ])('with a body that is %s is refused', (_case, body) => {
    expect(read(request(body))).toBeNull();
  });

  test.each<[string, object, readonly object[]]>([
    [
      'a merge',
      { ...event, primaryObjectId: 6, newObjectId: '7', mergedObjectIds: [8, '9'] },
      ['5', '6', '7', '8', '9'].map((extId) => ({ object: 'deals', extId })),
    ],
    ['a merge without a new record', { ...event, newObjectId: null }, [{ object: 'deals', extId: '5' }]],
    [
      'an older subscription',
      { subscriptionType: 'company.creation', objectId: 5 },
      [{ object: 'companies', extId: '5' }],
    ],
    [
      'an older subscription to deals',
      { subscriptionType: 'deal.deletion', objectId: 5 },
      [{ object: 'deals', extId: '5' }],
    ],
    ['an object that is not read', { subscriptionType: 'ticket.creation', objectId: 5 }, []],
    ['an unknown type', { ...event, objectTypeId: '2-9' }, []],
    [
      'a type with two meanings',
      { ...event, objectTypeId: '2-1' },
      ['p_registration', 'p_payout'].map((object) => ({ object, extId: '5' })),
    ],
    [
      'an erased record',
      { ...event, subscriptionType: 'object.privacyDeletion' },
      [{ object: 'deals', extId: '5', erased: true }],
    ],
    [
      'an erased record of a type with two meanings, which erases none',
      { subscriptionType: 'object.privacyDeletion', objectTypeId: '2-1', objectId: 5 },
      ['p_registration', 'p_payout'].map((object) => ({ object, extId: '5' })),
    ],
    [
      'an association',
      {
        subscriptionType: 'object.associationChange',
        fromObjectTypeId: '0-3',
        fromObjectId: 5,
        toObjectTypeId: '0-2',
        toObjectId: 6,
      },
      [
        { object: 'deals', extId: '5' },
        { object: 'companies', extId: '6' },
      ],
    ],
    [
      'an association that names its ends',
      {
        subscriptionType: 'deal.associationChange',
        associationType: 'DEAL_TO_COMPANY',
        fromObjectId: 5,
        toObjectId: 6,
      },
      [
        { object: 'deals', extId: '5' },
        { object: 'companies', extId: '6' },
      ],
    ],
    [
      'an association without its ends',
      { subscriptionType: 'deal.associationChange', fromObjectId: 5, toObjectId: 6 },
      [],
    ],
    ['an event without a kind', { subscriptionType: '', objectId: 5 }, []],
  ])('gives hints of %s', (_case, one, hints) => {
    expect(read(request([one]))).toEqual(hints);
  });

  test('ignores changes of our own app, once that is known', () => {
    const searched = [
      { ...event, sourceId: 77 },
      { ...event, objectId: 6, sourceId: '78' },
      { ...event, objectId: 7 },
    ];
    expect(read(request(searched), '77')).toEqual(['6', '7'].map((extId) => ({ object: 'deals', extId })));
    expect(read(request(searched))).toHaveLength(3);
  });
});
