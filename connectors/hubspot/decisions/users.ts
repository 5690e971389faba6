import { z } from 'zod';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { ownersPath } from '#connectors/hubspot/schema/naming.ts';

const usersAnswer = z.object({
  results: z.array(
    z.object({
      userId: z.number().nullish(),
      userIdIncludingInactive: z.number().nullish(),
      email: z.string().nullish(),
    }),
  ),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).nullish(),
});

/**
 * The addresses of the users of the account, or of those who have left it.
 * @throws ConnectorError
 */
export async function emailsByUserId(
  api: HubspotApi,
  which: 'present' | 'left' = 'present',
): Promise<ReadonlyMap<number, string>> {
  const emails = new Map<number, string>();
  let after: string | undefined;
  do {
    const query = new URLSearchParams({
      limit: '500',
      ...(which === 'left' ? { archived: 'true' } : {}),
      ...(after === undefined ? {} : { after }),
    });
    const call = { method: 'GET', path: `${ownersPath}?${query.toString()}` } as const;
    const { data } = await api.send(call, usersAnswer);
    for (const { userId, userIdIncludingInactive, email } of data.results) {
      // The address of a user who has left is not the one of an author.
      const id = which === 'left' ? (userIdIncludingInactive ?? userId) : userId;
      if (id && email) emails.set(id, email);
    }
    after = data.paging?.next?.after;
  } while (after !== undefined);
  return emails;
}
