import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { knownCompanies } from '#src/cli/match/known-companies.ts';
import { saveAccounts } from '#src/db/records/account-store.ts';
import { openDatabase, type Db } from '#src/db/client.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { findMatches } from '#src/operations/matching/find-candidates.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import { loadDatabase, type BenchCompany } from './match-load.ts';
import { madeUpNames, nameMixer } from './match-names.ts';
import { recallByWriting } from './match-recall.ts';

/**
 * The time to find all possible matches of a company in a large account base, end to end: from the partner's
 * input to every match with its evidence, while accounts change. Eight clients check twenty companies a
 * second, and fifty accounts a second are written. `--accounts N`, `--seconds N`, `--companies FILE.csv` for
 * names made of real ones, `--keep DIR` to load the database once and measure it again and again, `--recall
 * N` companies to look for by differently written names afterwards.
 */
const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '30' },
    companies: { type: 'string' },
    keep: { type: 'string' },
    recall: { type: 'string', default: '300' },
  },
});
const accounts = Number(values.accounts);
const seconds = Number(values.seconds);
const clients = 8;
const checksPerSecond = 20;
const writesPerSecond = 50;
const warmUp = 200;
/** Companies that are looked for and written. */
const sampleSize = 5_000;

await using stack = new AsyncDisposableStack();
const dir = values.keep ?? (await mkdtemp(join(tmpdir(), 'fairway-match-')));
if (values.keep === undefined) stack.defer(() => rm(dir, { recursive: true, force: true }));
const names =
  values.companies === undefined
    ? madeUpNames()
    : (await knownCompanies(values.companies)).map(({ name }) => name);
const mixer = nameMixer(names, 7);
const loaded = await loadDatabase(join(dir, 'postgres'), accounts, mixer.companies(accounts));

const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: () => {} });
stack.defer(() => server.stop());
const { db } = stack.use(openDatabase(server.url, clients + 4));
const known = await sampleOf(server.url);

for (let n = 0; n < warmUp; n += 1) await check(db, pick());
const floor = await floorTimes(server.url);
const times: number[] = [];
let found = 0;
const until = performance.now() + seconds * 1_000;
let written = 0;
await Promise.all([
  ...Array.from({ length: clients }, (_, n) =>
    everyMs((1_000 * clients) / checksPerSecond, n * (1_000 / checksPerSecond), checkOne),
  ),
  everyMs(1_000 / writesPerSecond, 0, writeOne),
]);

const { dbBytes, sizesMb } = await sizes(server.url);
const recall = await recallByWriting(db, known.slice(0, Number(values.recall)), (name) =>
  mixer.misspelt(name),
);
console.log(
  JSON.stringify({
    name: 'match',
    value: quantile(times, 0.99),
    unit: 'ms p99',
    floor: quantile(floor, 0.99),
    ratio: round(quantile(times, 0.99) / quantile(floor, 0.99)),
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    details: {
      rows: accounts,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      p99: quantile(times, 0.99),
      max: quantile(times, 1),
      floorP50: quantile(floor, 0.5),
      checks: times.length,
      checksPerSecond: round(times.length / seconds),
      writesPerSecond: round(written / seconds),
      found: round(found / times.length),
      recall,
      loadS: loaded,
      dbBytes,
      sizesMb,
    },
  }),
);

/**
 * One after the other at a steady pace: a check that is late keeps its client's next one waiting, and that
 * wait counts.
 */
async function everyMs(
  intervalMs: number,
  offsetMs: number,
  work: (dueAt: number) => Promise<void>,
): Promise<void> {
  for (let due = performance.now() + offsetMs; due < until; due += intervalMs) {
    await wait(Math.max(0, due - performance.now()));
    await work(due);
  }
}

async function checkOne(dueAt: number): Promise<void> {
  const company = pick();
  const matches = await check(db, company);
  times.push(performance.now() - Math.max(dueAt, 0));
  if (matches.some(({ id }) => id === company.id)) found += 1;
}

/** As a partner writes it: a slip of the hand in every third, no domain in every second. */
async function check(on: Db, { name, domain, country }: BenchCompany) {
  await refreshProfiles(on);
  const written = mixer.chance(1 / 3) ? mixer.misspelt(name) : name;
  return findMatches(
    on,
    normaliseCompany({ name: written, domain: mixer.chance(1 / 2) ? domain : null, country }),
  );
}

/** An account that gains another name, and so other keys. */
async function writeOne(): Promise<void> {
  const { id, name, domain, country } = pick();
  const aliases = mixer.name();
  await saveAccounts(db, [{ id, name, domain, country, aliases, core: '', normaliserVersion: 'bench' }]);
  written += 1;
}

function pick(): BenchCompany {
  const company = known[Math.floor(mixer.random() * known.length)];
  if (!company) throw new Error('there are no accounts');
  return company;
}

/** The least any check can take: asking an index for one domain. In milliseconds. */
async function floorTimes(url: string): Promise<readonly number[]> {
  const sql = postgres(url, { max: 1 });
  const durations: number[] = [];
  for (const { domain } of known.slice(0, 2_000)) {
    const began = performance.now();
    await sql`select id from account where domain = ${domain ?? ''}`;
    durations.push(performance.now() - began);
  }
  await sql.end();
  return durations;
}

/** Companies that are looked for and written: the same ones in every run on a database. */
async function sampleOf(url: string): Promise<readonly BenchCompany[]> {
  const sql = postgres(url, { max: 1 });
  const percent = Math.min(100, (100 * sampleSize) / accounts);
  const rows = await sql<BenchCompany[]>`
    select id, name, domain, country from account tablesample bernoulli (${percent}) repeatable (7) order by id`;
  await sql.end();
  return rows;
}

async function sizes(url: string) {
  const sql = postgres(url, { max: 1 });
  const rows = await sql<{ name: string; mb: number }[]>`
    select relname as name, round(pg_total_relation_size(oid) / 1048576.0)::int as mb from pg_class
    where relname in ('account', 'match_profile', 'match_key', 'match_slip') order by relname`;
  const [total] = await sql<{ bytes: string }[]>`select pg_database_size(current_database()) as bytes`;
  await sql.end();
  return {
    dbBytes: Number(total?.bytes),
    sizesMb: Object.fromEntries(rows.map(({ name, mb }) => [name, mb])),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
