import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '#src/cli/embedded-postgres.ts';
import { knownCompanies } from '#src/cli/match/known-companies.ts';
import { saveAccounts } from '#src/db/account-store.ts';
import { openDatabase, type Db } from '#src/db/client.ts';
import { migrate } from '#src/db/migrate.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { findMatches } from '#src/operations/find-rivals.ts';
import { refreshProfiles } from '#src/operations/refresh-profiles.ts';
import { loadAccounts, type BenchCompany } from './match-load.ts';
import { madeUpNames, nameMixer } from './match-names.ts';

/**
 * How long it takes to find everything that may be one company among very many, end to end: from what a partner wrote to every match
 * with its evidence, while accounts change. Eight clients check twenty companies a second, and fifty accounts a second are
 * written. `--accounts N`, `--seconds N`, `--companies FILE.csv` for names made of real ones.
 */
const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '30' },
    companies: { type: 'string' },
  },
});
const accounts = Number(values.accounts);
const seconds = Number(values.seconds);
const clients = 8;
const checksPerSecond = 20;
const writesPerSecond = 50;
const warmUp = 100;
/** Companies that are looked for and written. */
const kept = 5_000;

await using stack = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'fairway-match-'));
stack.defer(() => rm(dir, { recursive: true, force: true }));
const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: () => {} });
stack.defer(() => server.stop());
await migrate(server.url);
const { db } = stack.use(openDatabase(server.url, clients + 4));

const names = values.companies === undefined ? madeUpNames() : (await knownCompanies(values.companies)).map(({ name }) => name);
const mixer = nameMixer(names, 7);
const loadBegan = performance.now();
const known = await loadAccounts(server.url, mixer.companies(accounts), Math.max(1, Math.floor(accounts / kept)));
const loadSeconds = (performance.now() - loadBegan) / 1_000;

for (let n = 0; n < warmUp; n += 1) await check(db, pick());
const floor = await floorMs(server.url);
const times: number[] = [];
let found = 0;
let asked = 0;
const until = performance.now() + seconds * 1_000;
const written = { count: 0 };
await Promise.all([
  ...Array.from({ length: clients }, (_, n) => everyMs((1_000 * clients) / checksPerSecond, n * (1_000 / checksPerSecond), checkOne)),
  everyMs(1_000 / writesPerSecond, 0, writeOne),
]);

const sorted = times.toSorted((a, b) => a - b);
const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
console.log(
  JSON.stringify({
    name: 'match',
    value: at(0.99),
    unit: 'ms p99',
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    details: {
      accounts,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: at(1),
      checks: times.length,
      checksPerSecond: round(times.length / seconds),
      writesPerSecond: round(written.count / seconds),
      found: round(found / asked),
      floorMs: floor,
      ratioToFloor: round(at(0.5) / floor),
      loadSeconds: round(loadSeconds),
      sizesMb: await sizes(server.url),
    },
  }),
);

/** One after the other at a steady pace: a check that is late keeps its client's next one waiting, and that wait counts. */
async function everyMs(intervalMs: number, offsetMs: number, work: (dueAt: number) => Promise<void>): Promise<void> {
  for (let due = performance.now() + offsetMs; due < until; due += intervalMs) {
    await wait(Math.max(0, due - performance.now()));
    await work(due);
  }
}

async function checkOne(dueAt: number): Promise<void> {
  const company = pick();
  const matches = await check(db, company);
  times.push(performance.now() - Math.max(dueAt, 0));
  asked += 1;
  if (matches.some(({ id }) => id === company.id)) found += 1;
}

/** As a partner writes it: a slip of the hand in every third, no domain in every second. */
async function check(on: Db, { name, domain, country }: BenchCompany) {
  await refreshProfiles(on);
  const written = mixer.chance(1 / 3) ? mixer.misspelt(name) : name;
  return findMatches(on, normaliseCompany({ name: written, domain: mixer.chance(1 / 2) ? domain : null, country }));
}

/** An account that gains another name, and so other keys. */
async function writeOne(): Promise<void> {
  const { id, name, domain, country } = pick();
  const aliases = mixer.name();
  await saveAccounts(db, [{ id, name, domain, country, aliases, core: '', normaliserVersion: 'bench' }]);
  written.count += 1;
}

function pick(): BenchCompany {
  const company = known[Math.floor(mixer.random() * known.length)];
  if (!company) throw new Error('there are no accounts');
  return company;
}

/** The least any check can take: asking an index for one domain. Median. */
async function floorMs(url: string): Promise<number> {
  const sql = postgres(url, { max: 1 });
  const taken: number[] = [];
  for (const { domain } of known.slice(0, 1_000)) {
    const began = performance.now();
    await sql`select id from account where domain = ${domain ?? ''}`;
    taken.push(performance.now() - began);
  }
  await sql.end();
  return round(taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? Number.NaN);
}

async function sizes(url: string): Promise<Readonly<Record<string, number>>> {
  const sql = postgres(url, { max: 1 });
  const rows = await sql<{ name: string; mb: number }[]>`
    select relname as name, round(pg_total_relation_size(oid) / 1048576.0)::int as mb from pg_class
    where relname in ('account', 'match_profile', 'match_key', 'match_slip') order by relname`;
  await sql.end();
  return Object.fromEntries(rows.map(({ name, mb }) => [name, mb]));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
