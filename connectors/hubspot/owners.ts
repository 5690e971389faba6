import { z } from 'zod';
import type { RecordOwner } from '#connectors/contract/crm.ts';
import type { HubspotApi } from './api.ts';
import { ownersPath } from './schema/naming.ts';

const pageSize = 500;

const ownersAnswer = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      email: z.string().nullish(),
      firstName: z.string().nullish(),
      lastName: z.string().nullish(),
    }),
  ),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).nullish(),
});

/**
 * The owners with these ids. HubSpot has no call for several ids, so all owners are read, which is one call for
 * each 500.
 * @throws ConnectorError `permission` without the scope `crm.objects.owners.read`
 */
export async function readHubspotOwners(
  api: HubspotApi,
  extIds: readonly string[],
): Promise<readonly RecordOwner[]> {
  const wanted = new Set(extIds);
  const found: RecordOwner[] = [];
  let after: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(pageSize), ...(after === undefined ? {} : { after }) });
    const { data } = await api.send(
      { method: 'GET', path: `${ownersPath}?${query.toString()}` },
      ownersAnswer,
    );
    for (const { id, email, firstName, lastName } of data.results) {
      const name = [firstName, lastName].filter(Boolean).join(' ') || (email ?? '');
      if (wanted.has(id) && name !== '') found.push({ extId: id, name, email: email ?? null });
    }
    after = data.paging?.next?.after;
  } while (after !== undefined);
  return found;
}
