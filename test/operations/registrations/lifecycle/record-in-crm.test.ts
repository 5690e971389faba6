/** Registrations that are submitted over HTTP, and their records in the CRM of the partner. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';
import { workLeft } from '#test/support/sync-queries.ts';
import { openProblems } from '#test/support/queries.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const customers = {
  salesforce: ['Basalt Bahnhof', 'Kalkwerk Anger', 'Tonwerk Beyer', 'Gips Cramer'],
  hubspot: ['Moorbad Esslingen', 'Ziegelei Fichte', 'Glashütte Grau', 'Papier Hofmann'],
} as const;

const terms = {
  customerCountry: 'FR',
  productFamily: 'Gearboxes',
  amount: '12500.50',
  currency: 'EUR',
  expectedClose: '2027-03-31',
};

async function partnerIn(crm: CrmKind): Promise<string> {
  const [row] = await world.deps.db.execute<{ id: string }>(sql`
    select p.id from partner p join link l on l.kind = 'account' and l.record_id = p.account_id
    join connection c on c.id = l.connection_id
    where c.kind = ${crm} and not exists (select from lifecycle_partner s where s.partner_id = p.id) order by p.id limit 1`);
  return row?.id ?? expect.fail(`no partner in ${crm}`);
}

const contactAt = (customer: string): string =>
  `anna@${customer.toLowerCase().replaceAll(/[^a-z]/g, '')}.example`;

const now = (): number => Math.floor(world.deps.sharedClock().getTime() / 1000);

async function submits(
  crm: CrmKind,
  customerName: string,
  values: Readonly<Record<string, string>> = {},
  number?: string,
) {
  const { result, refused } = await submitRegistration(world.deps, {
    by: 'olga@example.com',
    via: 'api',
    with: {
      ...(number === undefined ? {} : { number }),
      partner: await partnerIn(crm),
      terms: { ...terms, customerName, contactEmail: contactAt(customerName), ...values },
    },
  });
  expect(refused).toBeNull();
  if (result === null || !('created' in result)) throw new Error(JSON.stringify(result));
  return result.created;
}

const settled = () => world.service.workUntil(async () => (await workLeft(world.deps.db)).length === 0);

interface Link {
  readonly extId: string;
  readonly kind: CrmKind;
}

async function linksOf(id: string): Promise<readonly Link[]> {
  const rows = await world.deps.db.execute<{ extId: string; kind: CrmKind }>(sql`
    select l.ext_id as "extId", c.kind from link l join connection c on c.id = l.connection_id
    where l.kind = 'registration' and l.record_id = ${id}`);
  return [...rows];
}

async function inCrm(crm: CrmKind, id: string, fields: readonly string[]) {
  const [link] = await linksOf(id);
  return world.inCrm(crm, { id, number: '', extId: link?.extId ?? '' }, fields);
}

const rows = async (): Promise<number> => {
  const [row] = await world.deps.db.execute<{ count: number }>(
    sql`select count(*)::int as count from registration where not deleted`,
  );
  return row?.count ?? 0;
};

describe.each(['salesforce', 'hubspot'] as const)(
  'a registration over HTTP for a partner of %s',
  { timeout: 90_000 },
  (crm) => {
    const [first, second, third, fourth] = customers[crm];

    test('gets one record there, with its terms and its decision, and follows it', async () => {
      const id = await submits(crm, first);
      const before = await rows();
      await settled();
      expect(await linksOf(id)).toEqual([{ kind: crm, extId: expect.any(String) }]);
      const shown = await inCrm(crm, id, [
        'number',
        'customerName',
        'customerCountry',
        'amount',
        'currency',
        'status',
      ]);
      expect(shown).toMatchObject({
        number: expect.stringMatching(/^F-[0-9A-F]{12}$/),
        customerName: first,
        customerCountry: 'FR',
        currency: 'EUR',
        status: 'approved',
      });
      expect(Number(shown['amount'])).toBe(12_500.5);
      // What is read back is no edit and no second registration.
      await world.sync();
      await world.sync();
      expect(await rows()).toBe(before);
      const lifecycle = await showLifecycle(world.deps, id, { at: now() });
      expect(lifecycle?.registration).toMatchObject({ state: 'approved', version: 1, terms });
      // An edit there changes it, as in every other record.
      const [link] = await linksOf(id);
      await world.editInCrm(crm, { id, number: '', extId: link?.extId ?? '' }, { amount: 13_000 });
      await world.sync();
      expect((await showLifecycle(world.deps, id, { at: now() }))?.registration.terms).toMatchObject({
        amount: '13000.00',
      });
    });

    test('keeps its place before a later registration, though its record is younger', async () => {
      const id = await submits(crm, second);
      const [before] = await world.deps.db.execute(
        sql`select submitted_at, received_at, created_at from registration where id = ${id}`,
      );
      await settled();
      await world.sync();
      const [after] = await world.deps.db.execute(
        sql`select submitted_at, received_at, created_at from registration where id = ${id}`,
      );
      expect(after).toEqual(before);
    });

    test('is created once when the answer to its creation is lost', async () => {
      const id = await submits(crm, third);
      const connection = await world.connection(crm);
      await settled();
      const [link] = await linksOf(id);
      // The process ended between the vendor's answer and its storage: neither the link nor the outcome is known.
      await world.deps.db.execute(
        sql`delete from shadow where ext_id = ${link?.extId} and connection_id = ${connection.id}`,
      );
      await world.deps.db.execute(sql`delete from link where record_id = ${id}`);
      await world.deps.db.execute(
        sql`update remote_record set mapped_hash = null where ext_id = ${link?.extId} and connection_id = ${connection.id}`,
      );
      const before = await rows();
      await world.sync();
      expect(await rows()).toBe(before);
      expect(await linksOf(id)).toEqual([link]);
      const { number = null } = await inCrm(crm, id, ['number']);
      const [row] = await world.deps.db.execute(sql`
      select count(*)::int as count from remote_record where connection_id = ${connection.id} and not deleted and fields::text like ${`%${number}%`}`);
      expect(row).toEqual({ count: 1 });
    });

    test('that is deleted there is not created again', async () => {
      const id = await submits(crm, fourth);
      await settled();
      const [link] = await linksOf(id);
      await world.removeInCrm(crm, { id, number: '', extId: link?.extId ?? '' });
      await world.sync();
      await world.sync();
      expect(await linksOf(id)).toEqual([link]);
    });
  },
);

test(
  'a number that another registration has stops the creation, and is named',
  { timeout: 90_000 },
  async () => {
    const used = await world.unusedRegistration('salesforce');
    const id = await submits('salesforce', 'Sandwerk Eder', {}, used.number);
    await settled();
    expect(await linksOf(id)).toEqual([]);
    expect(await openProblems(world.deps.db)).toContainEqual(
      expect.objectContaining({
        ref: id,
        message: expect.stringContaining('Another registration has the same number'),
      }),
    );
  },
);

test(
  'a value that the CRM would show in another way stops the creation, and is named',
  { timeout: 90_000 },
  async () => {
    const id = await submits('salesforce', 'Quarzwerk Dorn', { productFamily: 'Gear '.repeat(40).trim() });
    await settled();
    expect(await linksOf(id)).toEqual([]);
    expect(await openProblems(world.deps.db)).toContainEqual(
      expect.objectContaining({ ref: id, message: expect.stringContaining('productFamily') }),
    );
    const shorter = { fields: { productFamily: 'Gears' } };
    await applyLifecycleCommand(world.deps, {
      at: now(),
      by: 'olga@example.com',
      via: 'console',
      do: 'edit',
      registration: id,
      with: shorter,
    });
    await settled();
  },
);
