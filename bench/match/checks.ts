import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { saveAccounts } from '#src/db/records/account-store.ts';
import { openDatabase, type Db } from '#src/db/client.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { findMatches } from '#src/operations/matching/find-candidates.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import type { BenchCompany } from './load.ts';
import { companyNames, nameMixer } from './names.ts';
import { recallByWriting } from './recall.ts';
import { sampleWaits } from './waits.ts';

/** The checks of `match.ts`, in a process with the memory flags of a worker. Prints the result. */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '' },
    accounts: { type: 'string', default: '' },
    seconds: { type: 'string', default: '' },
    companies: { type: 'string' },
    recall: { type: 'string', default: '' },
    load: { type: 'string', default: 'null' },
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
const mixer = nameMixer(await companyNames(values.companies), 8);

const server = await startEmbeddedPostgres({ dir: values.dir, log: () => {} });
stack.defer(() => server.stop());
const { db } = stack.use(openDatabase(server.url, clients + 4));
const known = await sampleOf(server.url);

const bare = postgres(server.url, { max: clients });
for (let n = 0; n < warmUp; n += 1) {
  await check(db, pick());
  await lookUpDomain(performance.now());
}
const floor: number[] = [];
const times: number[] = [];
let found = 0;
let written = 0;
const until = performance.now() + seconds * 1_000;
const over = new AbortController();
const waits = sampleWaits(server.url, over.signal);
await Promise.all([
  ...Array.from({ length: clients }, (_, n) =>
    everyMs((1_000 * clients) / checksPerSecond, (n * 1_000) / checksPerSecond, checkOne),
  ),
  ...Array.from({ length: clients }, (_, n) =>
    everyMs((1_000 * clients) / checksPerSecond, ((n + 0.5) * 1_000) / checksPerSecond, async (beganAt) => {
      floor.push(await lookUpDomain(beganAt));
    }),
  ),
  everyMs(1_000 / writesPerSecond, 0, writeOne),
]);
over.abort();
await bare.end();

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
    ratio: ratioAt(0.99),
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    details: {
      rows: accounts,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      p99: quantile(times, 0.99),
      max: quantile(times, 1),
      floorP50: quantile(floor, 0.5),
      floorP95: quantile(floor, 0.95),
      floorP99: quantile(floor, 0.99),
      floorMax: quantile(floor, 1),
      ratioP50: ratioAt(0.5),
      ratioP95: ratioAt(0.95),
      ratioP99: ratioAt(0.99),
      checks: times.length,
      lookUps: floor.length,
      waits: await waits,
      checksPerSecond: round(times.length / seconds),
      writesPerSecond: round(written / seconds),
      found: round(found / times.length),
      recall,
      load: JSON.parse(values.load) as unknown,
      dbBytes,
      sizesMb,
    },
  }),
);

/**
 * One after the other at a steady pace. Work that is late because its client was still busy began when it was
 * due, so that waiting counts.
 */
async function everyMs(
  intervalMs: number,
  offsetMs: number,
  work: (beganAt: number) => Promise<void>,
): Promise<void> {
  for (let due = performance.now() + offsetMs; due < until; due += intervalMs) {
    const isLate = performance.now() > due;
    if (!isLate) await wait(due - performance.now());
    await work(isLate ? due : performance.now());
  }
}

async function checkOne(beganAt: number): Promise<void> {
  const company = pick();
  const matches = await check(db, company);
  times.push(performance.now() - beganAt);
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
async function lookUpDomain(beganAt: number): Promise<number> {
  await bare`select id from account where domain = ${pick().domain ?? ''}`;
  return performance.now() - beganAt;
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

function ratioAt(share: number): number {
  return round(quantile(times, share) / quantile(floor, share));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
