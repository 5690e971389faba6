import { z } from 'zod';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { BudgetWindow } from '#connectors/contract/limits.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { recoverIngest } from './bulk/bulk-ingest.ts';
import { listenToChanges } from './events/change-events.ts';
import { SalesforceClient } from './client.ts';
import { describeSalesforceObject } from './schema/record-types.ts';
import { fetchSalesforceRecords } from './fetch.ts';
import { installSalesforceSchema } from './schema/install.ts';
import { objectNameOf } from './schema/naming.ts';
import { checkSalesforceAccess } from './check/check-access.ts';
import { salesforcePartnerCandidates } from './schema/partner-candidates.ts';
import { readSalesforceCreators } from './decisions/people.ts';
import { readSalesforceDecisions } from './decisions/read-decisions.ts';
import { readSalesforceOwners } from './owners.ts';
import { pushToSalesforce } from './push.ts';
import { pullSalesforceRecords } from './read.ts';
import { readSalesforceRegion } from './region.ts';
import { parseSettings } from './settings.ts';
import { readOutboundMessage } from './events/webhook.ts';
import { readSalesforceWriteRules } from './schema/write-rules.ts';

const organizationShape = z.object({ records: z.tuple([z.object({ Id: z.string(), Name: z.string() })]) });
const organizationUrl = `/query?q=${encodeURIComponent('SELECT Id, Name FROM Organization')}`;

/** The lowest limit of an org in any 24 hours. Answers report the real one. */
const day: BudgetWindow = { name: 'day', lengthMs: 86_400_000, allowed: 100_000, counts: ['call'] };

/**
 * Salesforce through its REST and Bulk APIs. Settings: loginUrl, clientId, apiVersion?, organizationId? (for
 * outbound messages; `check` discovers it), changeEvents?, pubSubEndpoint?, pubSubTrust?. To sign in by
 * assertion: username, audience?, secret privateKeyPem. To sign in with tokens from the vault: authType
 * `refresh_token`, instanceUrl, secret clientSecret?.
 * @throws ConnectorError when a setting is missing or malformed
 */
export function createSalesforce(input: ConnectorInput): CrmConnector {
  const settings = parseSettings(input);
  const client = new SalesforceClient(settings, input);
  let { organizationId } = settings;
  return {
    kind: 'salesforce',
    role: 'crm',
    objectFor: objectNameOf,
    check: async () => {
      const { body } = await client.repeatable({ method: 'GET', url: organizationUrl });
      const [organization] = organizationShape.parse(body).records;
      organizationId = organization.Id;
      const { instanceUrl } = await client.session();
      return {
        account: organization.Name,
        limits: client.limits(),
        discovered: { instanceUrl, organizationId },
      };
    },
    describe: async (object) => ({
      ...(await describeSalesforceObject(client, object)),
      ...(settings.timeZone === undefined ? {} : { timeZone: settings.timeZone }),
    }),
    owners: (extIds) => readSalesforceOwners(client, extIds),
    decisions: {
      read: (request) => readSalesforceDecisions(client, request),
      creators: (registrations) => readSalesforceCreators(client, registrations),
    },
    hiddenFieldFix: (object, field) => {
      const user =
        settings.auth.type === 'jwt' ? `the user ${settings.auth.username}` : 'the integration user';
      return `Assign the permission set Fairway_Integration to ${user}, or show ${field} to the profile of that user (Setup › Object Manager › ${object} › Fields & Relationships › ${field} › Set Field-Level Security). Fairway reads the field within 15 minutes.`;
    },
    checkAccess: (schema) => checkSalesforceAccess(client, schema, settings, input.now),
    partnerCandidates: () => salesforcePartnerCandidates(client),
    writeRules: (description) => readSalesforceWriteRules(client, description),
    region: () => readSalesforceRegion(client),
    install: (schema) => installSalesforceSchema(client, schema, settings),
    pull: (request) => pullSalesforceRecords(client, request, input.now),
    fetch: (object, extIds, fields) => fetchSalesforceRecords(client, object, extIds, fields),
    push: (batch) => pushToSalesforce(client, batch),
    recoverJob: (ticket, batch) => recoverIngest(client, ticket, batch),
    pushRows: 10_000,
    webhookProof: 'address',
    verifyWebhook: (request) => readOutboundMessage(request, organizationId),
    listen:
      settings.changeEvents === 'off'
        ? null
        : (request) => listenToChanges(client, settings, request, input.resolve),
    limits: () => client.limits(),
    windows: () => [day],
    calls: () => client.calls(),
    /** Every call is a separate request, so there is nothing to close. */
    close: async () => undefined,
  };
}
