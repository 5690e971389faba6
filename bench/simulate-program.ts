import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { connectSandbox } from '#src/cli/local/sandbox.ts';
import { registrationsDecidedIn } from '#src/db/program/decided-store.ts';
import type { Db } from '#src/db/client.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { simulateProgram } from '#src/operations/program/simulate-program.ts';
import { openBenchService, peakMemoryMb, timedRun } from './bench-service.ts';

/**
 * A changed programme on all registrations decided in a quarter, compared with its floor: the same rows read in
 * the same pages, and nothing done with them. `--registrations N` changes their number.
 */
const { values } = parseArgs({ options: { registrations: { type: 'string', default: '100000' } } });
const wanted = Number(values.registrations);
await using fixture = await openBenchService();
const { deps } = fixture;
await connectSandbox(
  deps,
  { addresses: fixture.addresses, erpDir: join(fixture.dir, 'erp'), companies: null },
  (line) => console.error(line),
);
await fixture.startWorker();
await timedRun(deps);
const quarter = { from: '2026-01-01', to: '2026-03-31' };
const copied = await deps.db.transaction((tx) => copyDecided(tx, wanted));
console.error(`${copied} decided registrations`);

const range = { from: new Date(`${quarter.from}T00:00:00Z`), to: new Date('2026-04-01T00:00:00Z') };
const floorBegan = performance.now();
let read = 0;
for await (const page of registrationsDecidedIn(deps.db, range)) read += page.length;
const floorMs = performance.now() - floorBegan;

const { document } = await currentProgram(deps);
const changed: typeof document = {
  ...document,
  protection: {
    ...document.protection,
    days: document.protection.days + 30,
    exceptions: [{ when: { tiers: ['Gold'] }, days: document.protection.days + 60 }],
  } as typeof document.protection,
};
const began = performance.now();
const simulation = await simulateProgram(deps, { document: changed, ...quarter });
const durationMs = performance.now() - began;
if (simulation.registrations !== read)
  throw new Error(`${simulation.registrations} registrations were simulated, and ${read} are there`);

console.log(
  JSON.stringify({
    name: 'simulate-program',
    value: Math.round((read / durationMs) * 1_000),
    unit: 'registrations/s',
    floor: Math.round((read / floorMs) * 1_000),
    ratio: Number((durationMs / floorMs).toFixed(2)),
    rssMb: peakMemoryMb(process.pid),
    details: {
      registrations: read,
      durationMs: Math.round(durationMs),
      floorMs: Math.round(floorMs),
      unchanged: simulation.unchanged,
      changes: simulation.changes.length,
      unknown: simulation.unknown.length,
      now: simulation.now,
    },
  }),
);

/** Copies the sample's registrations with their cases until there are so many, decided over one quarter. */
async function copyDecided(db: Db, count: number): Promise<number> {
  await db.execute(sql`
    create temporary table copied on commit drop as
    select r.id as old_id, gen_random_uuid() as id, n,
      '2026-01-01T00:00:00Z'::timestamptz + random() * interval '90 days' as decided_at
    from (select id, row_number() over (order by id) as at, count(*) over () as total from registration
      where decided_at is not null) r
    cross join lateral generate_series(0, ceil(${count}::numeric / r.total)::int - 1) n
    where n * r.total + r.at <= ${count}`);
  await db.execute(sql`
    insert into registration select (jsonb_populate_record(r, jsonb_build_object(
      'id', c.id, 'number', r.number || '-' || c.n, 'decided_at', c.decided_at))).*
    from copied c join registration r on r.id = c.old_id`);
  await db.execute(sql`
    insert into conflict_case select (jsonb_populate_record(k, jsonb_build_object('registration_id', c.id))).*
    from copied c join conflict_case k on k.registration_id = c.old_id`);
  await db.execute(sql`analyze registration, conflict_case`);
  const rows = await db.execute<{ n: number }>(sql`select count(*)::int as n from copied`);
  return rows[0]?.n ?? 0;
}
