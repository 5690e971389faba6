import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';
import { seeded } from '#src/cli/match/seeded.ts';
import { addVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { publish } from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';
import { recordIdsOf, strangeText, writeInCrm } from './odd-values.ts';

const crms: readonly CrmKind[] = ['salesforce', 'hubspot'];
const optionalKinds: readonly CanonicalKind[] = ['contact', 'product', 'opportunity_line'];

/** A service that also reads the kinds that are off by default, so that every shipped mapping takes part. */
export async function startFuzzedService(): Promise<TwoWayWorld> {
  const world = await startTwoWayWorld();
  for (const crm of crms) for (const kind of optionalKinds) await enable(world, crm, kind);
  await world.service.runJobAndRest();
  return world;
}

async function enable(world: TwoWayWorld, crm: CrmKind, kind: CanonicalKind): Promise<void> {
  const { deps, personId } = world;
  const shipped = deps.packs.find((pack) => pack.system === crm && pack.kind === kind);
  if (!shipped) throw new Error(`${crm} has no ${kind}`);
  const at = deps.clock();
  const pack = { ...shipped, version: shipped.version + 1, enabled: true };
  const version = await addVersion(deps.db, {
    id: deps.ids(),
    connectionId: (await world.connection(crm)).id,
    object: pack.object,
    kind,
    version: pack.version,
    pack,
    status: 'draft',
    basedOn: null,
    editors: [personId],
    createdBy: personId,
    createdAt: at,
    updatedBy: personId,
    updatedAt: at,
  });
  await publish(world, version);
}

/** Values that stopped a run, or are of the same kind as those that did. */
const oddTexts: readonly string[] = [
  '', ' ', '\t\n', '\0', 'a\0b', '\uD800', 'a\uDFFF', '\uFFFD', '\u202Eabc', '\u{1F600}'.repeat(5_000), '\uFDFA'.repeat(3_000),
  strangeText(600), strangeText(3_000, 2), strangeText(30_000, 3), 'a'.repeat(65_536), ','.repeat(60_000), '('.repeat(60_000),
  '(a)'.repeat(20_000), ' dba x'.repeat(10_000), 'ltd '.repeat(15_000), 'a.'.repeat(30_000), ';'.repeat(60_000), 'a;'.repeat(30_000),
  '0'.repeat(60_000), `0.${'0'.repeat(5_000)}1`, '9'.repeat(400), '1e400', '1e-400', '1e308', '-0', 'NaN', 'Infinity', '0x1F', '1_000',
  '9223372036854775807', '9223372036854775808', '-9223372036854775809', '99999999999999999999.99', '0.001', '1e18', '1e15', '1e17',
  'null', 'undefined', 'true', '[]', '{"a":1}', '{{x}}', '${x}', '%s%n', '=1+1', '@SUM(A1)', '<script>alert(1)</script>', "'; drop table account; --",
  '\\', '\\\\"', '{"', '{}', '{1,2}', 'NULL', '""', '0001-01-01', '1000-01-01', '9999-12-31', '10000-01-01', '2026-02-30', '275760-09-13',
  '-000001-01-01', '9999-12-31T23:59:59.999Z', '0000-00-00', '8640000000000000', '-62135596800000', '253402300799000', '253402300800000',
  'XXX', 'XAU', 'usd', 'JPY', 'KWD', 'EUR ', '€', 'http://[::1]', 'xn--', `${'a'.repeat(63)}.${'b'.repeat(63)}.com`, 'http://a@b:99999/',
  'a@b', `${'a'.repeat(300)}@example.com`, '+1', '+49'.repeat(200), 'x'.repeat(9_000), 'DE136695976'.repeat(900), 'Côte d’Ivoire', 'ZZ',
  'PARTNER', 'renewal', 'closedwon', '00000000-0000-0000-0000-000000000000', '../../etc/passwd', 'constructor', '__proto__',
]; // prettier-ignore

const oddValues: readonly unknown[] = [
  ...oddTexts, null, true, false, 0, -1, 1e15, 1e16, 1e17, 1e18, 9_007_199_254_740_992, 1e21, 1e30, 1e300, 5e-324, 0.1 + 0.2, 1e-7,
]; // prettier-ignore

interface Target {
  readonly crm: CrmKind;
  readonly kind: CanonicalKind;
  readonly remote: string;
}

export interface FuzzRound {
  /** Values that the CRMs accepted, and rows of invoice files. */
  readonly accepted: number;
  /** Faults in the sense of this fuzz: empty when all is well. */
  readonly faults: readonly string[];
}

/**
 * Writes odd values into fields of random records of both CRMs and into an invoice file, and runs the main
 * job. It must complete, and each record must either be placed or have a problem that a person can read.
 */
export async function fuzzRound(world: TwoWayWorld, seed: number, edits: number): Promise<FuzzRound> {
  const { service, deps } = world;
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T => random.pick(items);
  const targets: Target[] = crms.flatMap((crm) =>
    deps.packs
      .filter((pack) => pack.system === crm && pack.kind !== 'payout')
      .flatMap(({ kind, fields }) =>
        fields
          .filter(({ direction, remote }) => direction !== 'out' && !remote.startsWith('assoc:'))
          .map(({ remote }) => ({ crm, kind, remote })),
      ),
  );
  const ids = new Map<string, readonly string[]>();
  const touched = new Set<string>();
  let accepted = 0;
  for (let n = 0; n < edits; n += 1) {
    const { crm, kind, remote } = pick(targets);
    const key = `${crm} ${kind}`;
    if (!ids.has(key)) ids.set(key, await recordIdsOf(service, crm, kind));
    const known = ids.get(key) ?? [];
    // The sample has no leads.
    if (known.length === 0) continue;
    const id = pick(known);
    if (!(await writeInCrm(service, crm, kind, id, { [remote]: pick(oddValues) }))) continue;
    accepted += 1;
    touched.add(id);
  }
  const rows = Array.from({ length: Math.ceil(edits / 10) }, (_, n) => oddRow(pick, `FUZZ-${seed}-${n}`));
  await writeFile(
    join(service.erpDir, 'in', 'zz-fuzz.csv'),
    `${[invoiceColumns.join(','), ...rows].join('\n')}\n`,
  );
  const faults: string[] = [];
  try {
    const { summary } = await service.runJobAndRest();
    faults.push(...(await unfinished(world, summary)));
  } catch (error) {
    return { accepted, faults: [String(error)] };
  }
  return {
    accepted: accepted + rows.length,
    faults: [...faults, ...(await unexplained(world, [...touched]))],
  };
}

/**
 * Jobs that failed and connections that are paused. A run that only says that it could use few records of an
 * object is finished: after many rounds most records of an object have an odd value.
 */
async function unfinished(
  { deps }: TwoWayWorld,
  { complete, attention, paused }: RunSummary,
): Promise<readonly string[]> {
  if (complete) return [];
  const failed = await deps.db.execute<{ name: string; error: string | null }>(
    sql`select name, error from job
      where status = 'failed' and run_id = (select id from run order by started_at desc limit 1)`,
  );
  const reasons = [
    ...paused.map(({ connection, reason }) => `${connection} is paused (${reason})`),
    ...failed.map(({ name, error }) => `${name} failed (${error})`),
    ...attention.filter((sentence) => !sentence.includes(' could not be used, ')),
  ];
  return reasons.length === 0 && attention.length === 0 ? ['the run is not complete'] : reasons;
}

/** A row that is right except for one or two cells. */
function oddRow(pick: <T>(items: readonly T[]) => T, number: string): string {
  const cells: Record<(typeof invoiceColumns)[number], string> = {
    invoice_number: number,
    kind: 'invoice',
    partner_code: 'P-0001',
    customer_name: 'Acme',
    currency: 'USD',
    amount: '10.00',
    issued_on: '2026-11-02',
    paid_on: '',
    applies_to: '',
  };
  for (let n = 0; n < 2; n += 1) cells[pick(invoiceColumns)] = pick(oddTexts);
  return invoiceColumns
    .map((column) => `"${cells[column].replaceAll('"', '""').replaceAll('\n', ' ')}"`)
    .join(',');
}

/** Words of the database and of JavaScript, which do not help an admin. */
const bare =
  /insert into|failed query|out of range for type|index row|invalid input syntax|invalid byte sequence|TypeError|RangeError|undefined|\[object /i;

/** A message quotes the value that is wrong. */
const withoutValues = (text: string): string => text.replace(/"(?:[^"\\]|\\.)*"/g, '""');

async function unexplained({ deps }: TwoWayWorld, refs: readonly string[]): Promise<readonly string[]> {
  const silent = await deps.db.execute<{ ref: string }>(sql`
    select r.object || ' ' || r.ext_id as ref from remote_record r
    where r.ext_id in (select jsonb_array_elements_text(${JSON.stringify(refs)}::text::jsonb))
      and r.mapped_hash is distinct from r.hash
      and not exists (select from problem p where p.status = 'open' and p.object = r.object and p.ref = r.ext_id)`);
  const problems = await deps.db.execute<{ ref: string; code: string; message: string; fix: string }>(
    sql`select ref, code, message, fix from problem where status = 'open'`,
  );
  return [
    ...silent.map(({ ref }) => `${ref} was not placed, and no problem says why`),
    ...problems
      .filter(
        ({ code, message, fix }) =>
          code === 'record_refused' || bare.test(withoutValues(`${message} ${fix}`)) || fix === '',
      )
      .map(({ ref, code, message }) => `${ref}: ${code} ${message.slice(0, 200)}`),
  ];
}
