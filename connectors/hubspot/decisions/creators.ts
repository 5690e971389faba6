import type { HubspotApi } from '#connectors/hubspot/api.ts';
import {
  namedUser,
  readHistories,
  savedTogetherMs,
  type HistoryRecord,
  type PropertyVersion,
} from './property-history.ts';
import { emailsByUserId } from './users.ts';

/** A record is created with these values. A workflow may number records a moment later. */
const firstProperties = ['number', 'customer_name'];

/** Their values name the person who installed the app or wrote the workflow, and not one who creates records. */
const programs: ReadonlySet<string> = new Set(['INTEGRATION', 'API', 'AUTOMATION_PLATFORM', 'WORKFLOWS']);

/**
 * The people who created registrations, or imported them: those who made the oldest values. `hs_created_by_user_id` is
 * not used, because apps can set it.
 * @throws ConnectorError
 */
export async function readHubspotCreators(
  api: HubspotApi,
  registrations: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const found = (await readHistories(api, registrations, firstProperties)).flatMap((record) => {
    const first = firstVersions(record);
    return first.length === 0 ? [] : [{ extId: record.id, userId: userAmong(first) }];
  });
  const isNamed = found.some(({ userId }) => userId !== null);
  const present = isNamed ? await emailsByUserId(api) : new Map<number, string>();
  const isMissing = found.some(({ userId }) => userId !== null && !present.has(userId));
  const left = isMissing ? await emailsByUserId(api, 'left') : new Map<number, string>();
  return new Map(
    found.flatMap(({ extId, userId }): [string, string | null][] => {
      if (userId === null) return [[extId, null]];
      const email = present.get(userId) ?? left.get(userId);
      return email === undefined ? [] : [[extId, email]];
    }),
  );
}

/** The values that the record was created with. */
function firstVersions({ propertiesWithHistory }: HistoryRecord): readonly PropertyVersion[] {
  const versions = firstProperties.flatMap((name) => propertiesWithHistory?.[name] ?? []);
  const times = versions.map(({ timestamp }) => Date.parse(timestamp));
  const until = Math.min(...times) + savedTogetherMs;
  return versions.filter((_, place) => (times[place] ?? Number.NaN) <= until);
}

function userAmong(versions: readonly PropertyVersion[]): number | null {
  const users = versions.filter(({ sourceType }) => !programs.has(sourceType)).map(namedUser);
  return users.find((user) => user !== null) ?? null;
}
