import type { z } from 'zod';
import type { CrmConnector, ListenRequest } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CallGate } from '#connectors/contract/limits.ts';
import type { Outbound } from '#connectors/contract/outbound.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { clientAccess, fixedAccess, vaultAccess, type AppCredentials } from './access.ts';
import { HubspotApi } from './api.ts';
import { CustomObjects } from './schema/custom-objects.ts';
import { hubspotDecisions } from './decisions/hubspot-decisions.ts';
import { withDecisionProperties } from './decisions/decision-properties.ts';
import { describeHubspotObject } from './schema/describe.ts';
import { fetchHubspotRecords, purgedHubspotRecords } from './fetch.ts';
import { checkHubspotAccess } from './check-access.ts';
import { hubspotPartnerCandidates } from './schema/partner-candidates.ts';
import { installHubspotSchema } from './schema/install.ts';
import { followJournal } from './events/journal.ts';
import { windowsOf } from './limits.ts';
import { accountPath, objectFor } from './schema/naming.ts';
import { readHubspotOwners } from './owners.ts';
import { countAll, pullHubspotRecords } from './pull.ts';
import { readReferenceFields } from './records.ts';
import { pushToHubspot } from './push.ts';
import { readSettings, type HubspotSettings } from './settings.ts';
import { openTransport, type Transport } from './transport.ts';
import { readWebhook } from './events/webhook.ts';
import { accountAnswer } from './wire.ts';
import { readHubspotWriteRules } from './schema/write-rules.ts';

/** @throws AppError `setting_invalid` naming the setting or secret that is missing or malformed */
export function createHubspot(input: ConnectorInput): CrmConnector {
  const settings = readSettings(input);
  const { app, appId, authType, accessToken = '', clientSecret } = settings;
  const transport = openTransport(settings.basePath, input.outbound);
  const access =
    authType === 'oauth' && app
      ? vaultAccess(input.tokens, transport, app, input.now)
      : fixedAccess(accessToken);
  const api = new HubspotApi({ transport, access, gate: input.gate });
  const customObjects = new CustomObjects(api);
  return {
    kind: 'hubspot',
    role: 'crm',
    objectFor,
    check: async () => {
      const { portalId, uiDomain } = await accountOf(api, settings);
      return {
        account: `HubSpot ${portalId}`,
        limits: api.limits,
        discovered: { portalId, ...(uiDomain === undefined ? {} : { uiDomain }) },
      };
    },
    describe: async (object) => ({
      ...(await describeHubspotObject(api, customObjects, object)),
      ...(settings.timeZone === undefined ? {} : { timeZone: settings.timeZone }),
    }),
    owners: (extIds) => readHubspotOwners(api, extIds),
    decisions: hubspotDecisions(api),
    hiddenFieldFix: (object, field) =>
      `Check that ${object} has the property ${field} (Settings › Properties), and that the app or service key has the scope for it (Settings › Integrations). Fairway reads it within 15 minutes.`,
    checkAccess: (schema) =>
      checkHubspotAccess(api, customObjects, withDecisionProperties(schema), {
        signsWebhooks: clientSecret !== undefined,
        readsJournal: app !== null && app !== undefined && appId !== undefined,
        permanentToken: authType === 'oauth' ? null : accessToken,
      }),
    // Neither webhooks nor the journal: nothing announces deletions and changed associations.
    ...(clientSecret === undefined && !(app && appId !== undefined)
      ? {
          silentChanges: {
            count: (object: string) => countAll(api, object),
            references: (object: string, extIds: readonly string[], fields: readonly string[]) =>
              readReferenceFields(api, object, extIds, fields),
          },
        }
      : {}),
    partnerCandidates: () => hubspotPartnerCandidates(api),
    writeRules: (description) => readHubspotWriteRules(api, customObjects, description),
    region: async () => {
      const { companyCurrency = null, timeZone = null } = await accountOf(api, settings);
      return { currency: companyCurrency, timeZone };
    },
    install: (schema) => installHubspotSchema(api, customObjects, withDecisionProperties(schema)),
    pull: (request) => pullHubspotRecords(api, request, input.now),
    fetch: (object, extIds, fields) => fetchHubspotRecords(api, object, extIds, fields),
    purged: (object, extIds) => purgedHubspotRecords(api, object, extIds),
    push: (batch) => pushToHubspot(api, batch),
    verifyWebhook: (request) => {
      if (clientSecret === undefined) return null;
      const namesOf = (typeId: string): readonly string[] => customObjects.namesOf(typeId);
      const hints = readWebhook(request, { clientSecret, appId: appId ?? null, namesOf });
      return hints && { hints, reply: null };
    },
    ...(clientSecret === undefined ? {} : { webhookProof: 'signature' }),
    listen:
      app && appId !== undefined
        ? async (request) => {
            const portalId = settings.portalId ?? (await accountOf(api, settings)).portalId;
            const { now, outbound } = input;
            await listen(transport, app, { appId, portalId, customObjects, now, outbound }, request);
          }
        : null,
    limits: () => api.limits,
    windows: () => windowsOf(authType),
    calls: () => api.calls,
    close: async () => {},
  };
}

async function accountOf(
  api: HubspotApi,
  { portalId }: HubspotSettings,
): Promise<z.infer<typeof accountAnswer>> {
  const { data } = await api.send({ method: 'GET', path: accountPath }, accountAnswer);
  if (portalId !== undefined && data.portalId !== portalId) throw wrongAccount(data.portalId, portalId);
  return data;
}

const journalScopes = [
  'developer.webhooks_journal.read',
  'developer.webhooks_journal.subscriptions.read',
  'developer.webhooks_journal.subscriptions.write',
  'crm.objects.companies.read',
  'crm.objects.deals.read',
  'crm.objects.custom.read',
];

/** The journal belongs to the app and not to the account, so reading it costs none of the account's calls. */
const ungated: CallGate = {
  admit: async () => {},
  learn: async () => {},
  hold: async () => {},
  noteClock: async () => {},
};

interface Listener {
  readonly appId: string;
  readonly portalId: string;
  readonly customObjects: CustomObjects;
  readonly now: () => Date;
  readonly outbound: Outbound;
}

async function listen(
  transport: Transport,
  app: AppCredentials,
  { appId, portalId, customObjects, now, outbound }: Listener,
  { objects, ...request }: ListenRequest,
): Promise<void> {
  const { signal } = request;
  const stoppable: Transport = (call, accessToken) => transport(call, accessToken, signal);
  const access = clientAccess(stoppable, app, journalScopes, now);
  const api = new HubspotApi({ transport: stoppable, access, gate: ungated, signal });
  try {
    const named = new Map<string, string>();
    for (const object of objects) named.set(await customObjects.typeIdOf(object), object);
    await followJournal({ api, outbound, portalId, appId, objects: named }, request);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function wrongAccount(found: string, expected: string): ConnectorError {
  return new ConnectorError({
    class: 'auth',
    code: 'OTHER_ACCOUNT',
    message: `The access token belongs to HubSpot account ${found}, not to ${expected}.`,
    fix: `Use the access token of a private app in account ${expected}, or correct the account number of this connection.`,
  });
}
