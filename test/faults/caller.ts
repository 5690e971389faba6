import { once } from 'node:events';
import { z } from 'zod';
import type { BudgetWindow, CallKind } from '#connectors/contract/limits.ts';
import { callGate } from '#src/db/connections/call-gate.ts';
import { openDatabase } from '#src/db/client.ts';

/**
 * One of several processes that call the same HubSpot as fast as its gate allows. Its first argument is the
 * order; it prints the status of every call until `seconds` have passed.
 */
const order = z
  .object({
    connectionId: z.uuid(),
    lane: z.enum(['bulk', 'interactive']),
    basePath: z.url(),
    accessToken: z.string(),
    seconds: z.number(),
    loops: z.array(z.enum(['call', 'search'])),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'));

const windows: readonly BudgetWindow[] = [
  { name: 'burst', lengthMs: 10_000, allowed: 190, counts: ['call', 'search'] },
  { name: 'search', lengthMs: 1_000, allowed: 5, counts: ['search'] },
];
const paths = {
  call: '/crm/objects/2026-09/companies/batch/read',
  search: '/crm/objects/2026-09/companies/search',
};
const bodies = {
  call: { inputs: [{ id: '1' }], properties: [], propertiesWithHistory: [] },
  search: { after: 0, filterGroups: [], limit: 1, properties: [], sorts: [] },
};

await using database = openDatabase(process.env['DATABASE_URL'] ?? '', 4);
const gate = callGate(database.db, {
  connectionId: order.connectionId,
  lane: order.lane,
  windows: () => windows,
  now: () => new Date(),
  onError: (error) => {
    throw error;
  },
});

async function call(sort: CallKind): Promise<number> {
  await gate.admit(sort);
  const response = await fetch(`${order.basePath}${paths[sort]}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${order.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(bodies[sort]),
  });
  await response.text();
  const { headers } = response;
  const max = Number(headers.get('x-hubspot-ratelimit-max') ?? 0);
  if (max > 0)
    await gate.learn([
      { name: 'burst', allowed: max, used: max - Number(headers.get('x-hubspot-ratelimit-remaining')) },
    ]);
  return response.status;
}

// The first calls of a process take longer, because a connection is opened and code is loaded.
for (let n = 0; n < 5; n += 1) await (await fetch(`${order.basePath}/sandbox/settings`)).text();
// All processes begin at the same time, after the last one has started.
const startSignal = once(process, 'message');
process.send?.('ready');
await startSignal;
const until = performance.now() + order.seconds * 1_000;
const loop = async (sort: CallKind): Promise<void> => {
  while (performance.now() < until) console.log(JSON.stringify({ sort, status: await call(sort) }));
};
await Promise.all(order.loops.map(loop));
process.disconnect();
