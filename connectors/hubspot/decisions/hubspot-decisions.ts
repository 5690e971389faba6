import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CrmDecision, CrmDecisions, DecisionProblem } from '#connectors/contract/decisions.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { pushToHubspot } from '#connectors/hubspot/push.ts';
import { objectName, objectPath } from '#connectors/hubspot/schema/naming.ts';
import { searchAnswer } from '#connectors/hubspot/wire.ts';
import { readHubspotCreators } from './creators.ts';
import { decisionProperties } from './decision-properties.ts';
import {
  namedUser,
  readHistories,
  savedTogetherMs,
  type HistoryRecord,
  type PropertyVersion,
} from './property-history.ts';
import { emailsByUserId } from './users.ts';

const object = objectName('registration');
const searchSize = 200;
/** What people do on HubSpot's pages. All other sources are programs, imports and workflows. */
const peoplesSources: ReadonlySet<string> = new Set([
  'CRM_UI',
  'CRM_UI_BULK_ACTION',
  'MOBILE_IOS',
  'MOBILE_ANDROID',
]);

/**
 * Decisions are made in a property of the registration. The history of the property names the user of each value,
 * and what a program wrote has another source. `hs_updated_by_user_id` of the record is not used: it names the last
 * person who changed anything.
 */
export function hubspotDecisions(api: HubspotApi): CrmDecisions {
  return {
    read: async ({ registrations }) => {
      const ids = new Set([...registrations, ...(await registrationsWithDecision(api))]);
      if (ids.size === 0) return [];
      const records = await readHistories(api, [...ids], Object.values(decisionProperties));
      const made = records.flatMap(decisionsOf);
      if (made.length === 0) return [];
      const emails = await emailsByUserId(api);
      return made.map(({ userId, ...decision }): CrmDecision => {
        const authorEmail = userId === null ? null : (emails.get(userId) ?? null);
        const problem: DecisionProblem | null = authorEmail === null ? 'author_not_proven' : null;
        return { ...decision, authorEmail, problem };
      });
    },
    clear: async (registrations) => {
      const fields = Object.fromEntries(Object.values(decisionProperties).map((name) => [name, null]));
      const writes = registrations.map((extId) => ({ id: extId, extId, keyValue: null, fields }));
      const batch = { object, operation: 'update', keyField: null, writes } as const;
      for (const outcome of await pushToHubspot(api, batch))
        if (!outcome.ok && outcome.failure.class !== 'gone') throw new ConnectorError(outcome.failure);
    },
    creators: (registrations) => readHubspotCreators(api, registrations),
  };
}

/** The search takes no page after 10,000 results, so it goes on after the last id. */
async function registrationsWithDecision(api: HubspotApi): Promise<readonly string[]> {
  const ids: string[] = [];
  for (;;) {
    const after = ids.at(-1);
    const filters = [
      { propertyName: decisionProperties.decision, operator: 'HAS_PROPERTY' },
      ...(after === undefined ? [] : [{ propertyName: 'hs_object_id', operator: 'GT', value: after }]),
    ];
    const body = {
      after: '0',
      filterGroups: [{ filters }],
      limit: searchSize,
      properties: [decisionProperties.decision],
      sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    };
    const { data } = await api.send(
      { method: 'POST', path: objectPath(object, '/search'), body },
      searchAnswer,
    );
    ids.push(...data.results.map(({ id }) => id));
    if (data.results.length < searchSize) return ids;
  }
}

type MadeDecision = Omit<CrmDecision, 'authorEmail' | 'problem'> & { readonly userId: number | null };

function decisionsOf({ id, propertiesWithHistory }: HistoryRecord): readonly MadeDecision[] {
  const history = (name: string): readonly PropertyVersion[] => propertiesWithHistory?.[name] ?? [];
  return history(decisionProperties.decision)
    .filter(({ value }) => value)
    .map((made): MadeDecision => {
      const beside = (name: string): string | null => valueBeside(history(name), made);
      const version = Number(beside(decisionProperties.seenVersion) ?? Number.NaN);
      const madeAt = new Date(made.timestamp).toISOString();
      return {
        key: `${id} ${madeAt}`,
        registration: id,
        madeAt,
        changedAt: madeAt,
        decision: made.value ?? '',
        reasonCode: beside(decisionProperties.reasonCode),
        text: beside(decisionProperties.text),
        seenVersion: Number.isInteger(version) ? version : null,
        userId: personIn(made),
      };
    });
}

/** The value of another property when the decision was saved, if the same person entered it. */
function valueBeside(versions: readonly PropertyVersion[], made: PropertyVersion): string | null {
  const until = Date.parse(made.timestamp) + savedTogetherMs;
  const [latest] = versions
    .filter(({ timestamp }) => Date.parse(timestamp) <= until)
    .toSorted((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp));
  return latest !== undefined && personIn(latest) === personIn(made) ? latest.value || null : null;
}

/** The id of the user who entered a value on a page. Null for a program. */
const personIn = (version: PropertyVersion): number | null =>
  peoplesSources.has(version.sourceType) ? namedUser(version) : null;
