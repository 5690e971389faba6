import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector, WebhookRequest } from '#connectors/contract/crm.ts';
import { createSalesforce } from '#connectors/salesforce/connector.ts';
import { privateKeyPem, startOrg, type RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { alone } from '#test/support/connector-input.ts';
import { connectOrg } from './sample.ts';

const receivedAt = new Date('2026-11-22T02:00:00Z');

const messageOf = (organizationId: string): Buffer =>
  Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>' +
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>' +
      `<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>${organizationId}</OrganizationId><ActionId>04k1</ActionId>` +
      '<Notification><Id>04l1</Id><sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>006Qy00000000001AA</sf:Id></sObject></Notification>' +
      '</notifications></soapenv:Body></soapenv:Envelope>',
  );
const request = (rawBody: Buffer): WebhookRequest => ({
  method: 'POST',
  url: 'https://fairway.example.com/hooks/1',
  headers: {},
  rawBody,
  receivedAt,
});
/** A connector that makes no calls. */
const connect = (settings: Record<string, string> = {}): CrmConnector =>
  createSalesforce({
    ...alone,
    settings: {
      loginUrl: 'https://login.example.com',
      clientId: 'C',
      username: 'u@example.com',
      ...settings,
    },
    secrets: { privateKeyPem },
    now: () => receivedAt,
  });

describe('salesforce: outbound messages', () => {
  let org: RunningOrg;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  it('become hints with the ids they contain, for an org id of 15 or 18 characters', () => {
    const connector = connect({ organizationId: '00DQy0000000001MAA' });
    const hints = [{ object: 'Opportunity', extId: '006Qy00000000001AA' }];
    expect(connector.verifyWebhook(request(messageOf('00DQy0000000001MAA')))?.hints).toEqual(hints);
    expect(connector.verifyWebhook(request(messageOf('00DQy0000000001')))?.hints).toEqual(hints);
  });

  it('are refused from another org, without a known org, and in any other shape', () => {
    const connector = connect({ organizationId: '00DQy0000000001MAA' });
    expect(connector.verifyWebhook(request(messageOf('00DQy0000000009MAA')))).toBeNull();
    expect(connect().verifyWebhook(request(messageOf('00DQy0000000001MAA')))).toBeNull();
    for (const body of ['', '{}', '<a>', '<a/>'])
      expect(connector.verifyWebhook(request(Buffer.from(body)))).toBeNull();
  });

  it('are accepted without a setting once the connection was checked, and acknowledged', async () => {
    const connector = connectOrg(org);
    const { discovered } = await connector.check();
    expect(connector.verifyWebhook(request(messageOf(String(discovered['organizationId']))))).toEqual({
      hints: [{ object: 'Opportunity', extId: '006Qy00000000001AA' }],
      reply: { contentType: 'text/xml; charset=utf-8', body: expect.stringContaining('<Ack>true</Ack>') },
    });
  });
});
