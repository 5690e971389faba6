import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { v7 } from 'uuid';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { openDatabase } from '#src/db/client.ts';
import { addReport, groupsAfter } from '#src/db/duplicates/duplicate-store.ts';
import { migrate } from '#src/db/migrate.ts';
import { findDuplicates } from '#src/operations/duplicates/find-duplicates.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import { pairFigures, plantedAccounts, saveCrm } from '#test/support/planted-duplicates.ts';

/**
 * Accounts scanned for duplicates per second, from the first comparison to the last group. The profiles exist
 * already. Also prints the share of planted duplicates found and the share of right suggestions. `--accounts
 * N`, `--seed N`.
 */
const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '100000' }, seed: { type: 'string', default: '7' } },
});
const [count, seed] = [Number(values.accounts), Number(values.seed)];

await using stack = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'fairway-duplicates-'));
stack.defer(() => rm(dir, { recursive: true, force: true }));
const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: () => {} });
stack.defer(() => server.stop());
await migrate(server.url);
const { db } = stack.use(openDatabase(server.url, 4));
const deps = { db, ids: v7, clock: () => new Date() };

const { connectionId, ids } = await saveCrm(deps, 'bench', plantedAccounts(count, seed));
await refreshProfiles(db);
const reportId = v7();
const versions = { modelVersion: 'bench', normaliserVersion: 'bench' };
await addReport(db, { id: reportId, connectionId, related: false, ...versions, startedAt: deps.clock() });

let most = 0;
const began = performance.now();
const report = await findDuplicates(deps, { reportId }, () => {
  most = Math.max(most, process.memoryUsage.rss());
  return Promise.resolve();
});
const seconds = (performance.now() - began) / 1_000;
const places = new Map(ids.map((id, place) => [id, place]));
const groups = (await groupsAfter(db, reportId, 0, count)).map(({ accountIds }) =>
  accountIds.flatMap((id) => places.get(id) ?? []),
);
const figures = pairFigures([...plantedAccounts(count, seed)], groups);
console.log(
  JSON.stringify({
    name: 'match-duplicates',
    value: Math.round(count / seconds),
    unit: 'accounts/s',
    rssMb: Math.round(most / 2 ** 20),
    details: {
      rows: count,
      seconds: Math.round(seconds * 10) / 10,
      compared: report?.compared,
      groups: report?.groups,
      surplus: report?.surplus,
      ...figures,
    },
  }),
);
