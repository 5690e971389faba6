import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebhookRequest } from '#connectors/contract/crm.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { alone } from '#test/support/connector-input.ts';

const clientSecret = 'a-client-secret';
const connector = createHubspot({
  ...alone,
  settings: { appId: 31 },
  secrets: { accessToken: 'pat-webhook', clientSecret },
  now: () => new Date(),
});
const receivedAt = new Date('2026-11-20T08:00:00Z');
const url = 'https://fairway.example/hooks/hubspot?connection=1';
const sign = (text: string): string => createHmac('sha256', clientSecret).update(text).digest('base64');

/** A request as HubSpot signs it; `signedUrl` is the address it used. */
function request(
  events: unknown,
  {
    at = receivedAt.getTime(),
    called = url,
    signedUrl = called,
  }: { at?: number; called?: string; signedUrl?: string } = {},
): WebhookRequest {
  const rawBody = Buffer.from(JSON.stringify(events));
  return {
    method: 'POST',
    url: called,
    headers: {
      'X-HubSpot-Signature-v3': sign(`POST${signedUrl}${rawBody.toString()}${at}`),
      'x-hubspot-request-timestamp': String(at),
    },
    rawBody,
    receivedAt,
  };
}
const change = [{ subscriptionType: 'object.propertyChange', objectTypeId: '0-3', objectId: 12 }];

describe('hubspot: webhook signature, version 3', () => {
  it('reads a request that HubSpot signed', () => {
    expect(connector.verifyWebhook(request(change))?.hints).toEqual([{ object: 'deals', extId: '12' }]);
  });

  it('reads the other events of a request with an odd one, and the whole object that this one names', () => {
    const odd = { subscriptionType: 7, objectTypeId: '0-2', objectId: { id: 3 } };
    expect(connector.verifyWebhook(request([odd, ...change, 'nothing']))?.hints).toEqual([
      { object: 'deals', extId: '12' },
      { object: 'companies', extId: null },
    ]);
  });

  it('decodes exactly the characters of the URL that HubSpot decodes', () => {
    const called = 'https://fairway.example/hooks/a%2Fb%20c?to=x%40y%3Az%26w';
    expect(
      connector.verifyWebhook(
        request(change, { called, signedUrl: 'https://fairway.example/hooks/a/b%20c?to=x@y:z%26w' }),
      ),
    ).not.toBeNull();
    expect(
      connector.verifyWebhook(request(change, { called, signedUrl: decodeURIComponent(called) })),
    ).toBeNull();
  });

  it.each([
    ['five minutes old', -300_000, true],
    ['older', -300_001, false],
    ['five minutes ahead', 300_000, true],
    ['further in the future', 300_001, false],
  ])('judges a timestamp that is %s', (_, offMs, accepted) => {
    expect(connector.verifyWebhook(request(change, { at: receivedAt.getTime() + offMs })) !== null).toBe(
      accepted,
    );
  });

  it('refuses a changed body, a changed URL, and a signature of another length', () => {
    const good = request(change);
    expect(connector.verifyWebhook({ ...good, rawBody: Buffer.from('[]') })).toBeNull();
    expect(connector.verifyWebhook({ ...good, url: `${url}&more=1` })).toBeNull();
    expect(
      connector.verifyWebhook({
        ...good,
        headers: { ...good.headers, 'X-HubSpot-Signature-v3': 'c2hvcnQ=' },
      }),
    ).toBeNull();
    expect(connector.verifyWebhook({ ...good, headers: {} })).toBeNull();
  });

  it('refuses everything while no client secret is set', () => {
    const unset = createHubspot({
      ...alone,
      settings: {},
      secrets: { accessToken: 'pat-webhook' },
      now: () => new Date(),
    });
    expect(unset.verifyWebhook(request(change))).toBeNull();
  });

  it('refuses a signed body that is not a list of events', () => {
    expect(connector.verifyWebhook(request({ hello: 'world' }))).toBeNull();
  });
});

describe('hubspot: hints', () => {
  it('names every record that an event concerns, once', () => {
    const events = [
      { subscriptionType: 'company.propertyChange', objectId: 5 },
      { subscriptionType: 'company.propertyChange', objectId: 5 },
      {
        subscriptionType: 'object.merge',
        objectTypeId: '0-2',
        objectId: 9,
        primaryObjectId: 9,
        mergedObjectIds: [10, 11],
        newObjectId: 12,
      },
      {
        subscriptionType: 'object.associationChange',
        fromObjectTypeId: '0-3',
        fromObjectId: 1,
        toObjectTypeId: '0-2',
        toObjectId: 5,
      },
    ];
    expect(
      connector.verifyWebhook(request(events))?.hints.map((hint) => `${hint.object} ${hint.extId}`),
    ).toEqual(['companies 5', 'companies 9', 'companies 12', 'companies 10', 'companies 11', 'deals 1']);
  });

  const hints = (...events: object[]) => connector.verifyWebhook(request(events));

  it.each([
    ['object.restore', { objectTypeId: '0-2' }],
    ['company.restore', {}],
    ['object.deletion', { objectTypeId: '0-2' }],
    ['company.creation', {}],
  ])('reads %s', (subscriptionType, more) => {
    expect(hints({ subscriptionType, objectId: 5, ...more })).toEqual({
      hints: [{ object: 'companies', extId: '5' }],
      reply: null,
    });
  });

  it('reads both ends of an association in the older format', () => {
    const event = {
      subscriptionType: 'deal.associationChange',
      associationType: 'DEAL_TO_COMPANY',
      fromObjectId: 1,
      toObjectId: 2,
    };
    expect(hints(event)?.hints).toEqual([
      { object: 'deals', extId: '1' },
      { object: 'companies', extId: '2' },
    ]);
  });

  it.each([
    ['object.privacyDeletion', { objectTypeId: '0-2' }],
    ['company.privacyDeletion', {}],
  ])(
    'reports with %s that the record was erased, even if other events concern it',
    (subscriptionType, more) => {
      const erased = { subscriptionType, objectId: 5, ...more };
      expect(hints(erased, { subscriptionType: 'company.deletion', objectId: 5 })?.hints).toEqual([
        { object: 'companies', extId: '5', erased: true },
      ]);
    },
  );

  it('leaves out changes of our own app', () => {
    const event = { subscriptionType: 'company.propertyChange', changeSource: 'INTEGRATION' };
    expect(
      hints({ ...event, objectId: 5, sourceId: '31' }, { ...event, objectId: 6, sourceId: '32' })?.hints,
    ).toEqual([{ object: 'companies', extId: '6' }]);
  });

  it('reports an unknown custom object as any object of Fairway, and erases none by guess', () => {
    const ours = ['p_fairway_registration', 'p_fairway_payout'].map((object) => ({ object, extId: '77' }));
    expect(
      hints({ subscriptionType: 'object.creation', objectTypeId: '2-100001', objectId: 77 })?.hints,
    ).toEqual(ours);
    expect(
      hints({ subscriptionType: 'object.privacyDeletion', objectTypeId: '2-100001', objectId: 77 })?.hints,
    ).toEqual(ours);
  });

  it('names no objects that we do not read', () => {
    expect(
      hints(
        { subscriptionType: 'ticket.creation', objectId: 1 },
        { subscriptionType: 'object.merge', objectTypeId: '0-5', objectId: 1 },
      ),
    ).toEqual({
      hints: [],
      reply: null,
    });
  });
});
