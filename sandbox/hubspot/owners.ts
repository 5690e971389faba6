import type { FastifyInstance } from 'fastify';
import { stamp, type Portal } from './portal.ts';

/** People who own records: a channel account manager, who owns the partners, and two sales reps. */
export const owners = [
  { id: '51230001', firstName: 'Lena', lastName: 'Fischer', userId: 7_101 },
  { id: '51230002', firstName: 'Marco', lastName: 'Rossi', userId: 7_102 },
  { id: '51230003', firstName: 'Aisha', lastName: 'Khan', userId: 7_103 },
] as const;

/** HubSpot shows the user of a person who has left under another name. */
const left = {
  id: '51230009',
  firstName: 'Sam',
  lastName: 'Stranger',
  email: 'sam.stranger@elsewhere.example',
  userId: null,
  userIdIncludingInactive: 9_999,
} as const;

const [manager, ...reps] = owners;
export const managerId: string = manager.id;
export const repId = (ordinal: number): string => reps[ordinal % reps.length]?.id ?? manager.id;

/** The owners of the account, read-only and by page. */
export function ownerRoutes(api: FastifyInstance, portal: Portal, prefix: string): void {
  api.get<{ Querystring: { limit?: string; after?: string; archived?: string } }>(prefix, ({ query }) => {
    const since = { type: 'PERSON', createdAt: stamp(portal), updatedAt: stamp(portal) };
    if (query.archived === 'true') return { results: [{ ...left, ...since, archived: true }] };
    const from = Number(query.after ?? 0);
    const end = from + Number(query.limit ?? 100);
    return {
      results: owners.slice(from, end).map((owner) => ({
        ...owner,
        email: `${owner.firstName}.${owner.lastName}@northwind.example`.toLowerCase(),
        ...since,
        userIdIncludingInactive: owner.userId,
        archived: false,
      })),
      ...(end < owners.length ? { paging: { next: { after: String(end) } } } : {}),
    };
  });
}
