import { z } from 'zod';
import type { Connector, ConnectorInput } from '../connector.ts';
import { SalesforceClient } from './client.ts';
import { toDescription } from './describe.ts';
import { installSchema } from './install.ts';
import { objectNameOf } from './naming.ts';
import { pushWrites } from './push.ts';
import { fetchRecords, pullRecords } from './read.ts';
import { parseSettings } from './settings.ts';
import { readOutboundMessage } from './webhook.ts';

const organizationShape = z.object({ records: z.array(z.object({ Name: z.string() })).min(1) });
const organizationUrl = `/query?q=${encodeURIComponent('SELECT Name FROM Organization')}`;

/**
 * Salesforce by its REST API. Settings: loginUrl, clientId, username, apiVersion?, audience?, organizationId? (for
 * outbound messages); secret: privateKeyPem. @throws ConnectorError when a setting is missing or malformed.
 */
export function createSalesforce(input: ConnectorInput): Connector {
  const settings = parseSettings(input);
  const client = new SalesforceClient(settings, input.now);
  return {
    kind: 'salesforce',
    objectFor: objectNameOf,
    check: async () => {
      const { body } = await client.repeatable({ method: 'GET', url: organizationUrl });
      const account = organizationShape.parse(body).records[0]?.Name ?? '';
      return { account, limits: client.limits(), learned: { instanceUrl: await client.instanceUrl() } };
    },
    describe: async (object) => toDescription((await client.repeatable({ method: 'GET', url: `/sobjects/${object}/describe` })).body),
    install: (schema) => installSchema(client, schema, settings.apiVersion),
    pull: (request) => pullRecords(client, request, input.now),
    fetch: (object, extIds, fields) => fetchRecords(client, object, extIds, fields),
    push: (batch) => pushWrites(client, batch),
    verifyWebhook: (request) => {
      const hints = readOutboundMessage(request, settings.organizationId);
      return hints && { hints, reply: null };
    },
    listen: null,
    limits: () => client.limits(),
    windows: () => [],
    calls: () => client.calls(),
    /** Every call is a request of its own; there is nothing to hang up. */
    close: async () => undefined,
  };
}
