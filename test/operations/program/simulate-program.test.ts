import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '#src/domain/period.ts';
import { requireChecked } from '#src/domain/program/document/check.ts';
import { simulateProgram, type Simulation } from '#src/operations/program/simulate-program.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { noProgress } from '#test/operations/hints/hints-fixture.ts';
import {
  partnerNames,
  startCrmRegistrations,
  type CrmRegistrations,
} from '#test/operations/registrations/crm-registrations.ts';
import { programText, publishProgram } from './program-fixture.ts';

let crm: CrmRegistrations;
beforeAll(async () => {
  crm = await startCrmRegistrations();
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

interface Decided {
  readonly number: string;
  readonly status: string;
  readonly until: string | null;
}

const decided = async (): Promise<readonly Decided[]> =>
  (
    await crm.fixture.deps.db.execute<{ number: string; status: string; until: string | null }>(
      sql`select number, status, protected_until::text as until from registration where number like 'DR-2026-9%' order by number`,
    )
  ).map((row) => ({ ...row }));

const stored = async () => [
  ...(await crm.fixture.deps.db.execute(
    sql`select (select md5(string_agg(r::text, '|' order by id)) from registration r) as registrations,
      (select md5(string_agg(c::text, '|' order by registration_id)) from conflict_case c) as cases,
      (select count(*) from audit_event) as events, (select count(*) from job) as jobs`,
  )),
];

/** The verdict of each registration according to the simulation. */
function simulated({ changes }: Simulation, before: readonly Decided[]): readonly Decided[] {
  const now = new Map(changes.map((change) => [change.number, change.now]));
  return before.map((row) => {
    const verdict = now.get(row.number);
    return verdict === undefined
      ? row
      : { number: row.number, status: verdict.outcome, until: verdict.protectedUntil };
  });
}

describe('simulating a programme', { timeout: 60_000 }, () => {
  it('says what publishing it would have decided, and writes nothing', async () => {
    const { deps } = crm.fixture;
    const clear = await crm.register('Alpha Werke');
    const large = await crm.register('Beta Mills', { amount: '60000' });
    const gold = await crm.register('Gamma Foundry', {}, partnerNames[1]);
    await deps.db.execute(
      sql`insert into tier_assignment (partner_id, effective_from, tier, trailing_revenue_minor, currency, explanation, program_version)
        select id, '2026-01-01', 'Gold', 0, 'USD', 'Gold', 1 from partner where name = ${partnerNames[1]}`,
    );
    await crm.follow(clear, large, gold);
    const family = await crm.register('Alpha Werke', { product_family: 'Storage' }, partnerNames[2]);
    const update = await crm.register('Beta Mills', { amount: '75000' });
    await crm.follow(family, update);
    const before = await decided();
    const today = deps.clock().toISOString().slice(0, 10);
    expect(before.map(({ status }) => status)).toEqual([
      'approved',
      'approved',
      'approved',
      'approved',
      'rejected',
    ]);
    const text = programText(({ engagement, protection }) => ({
      engagement: { ...engagement, conflictScope: 'customer' as const, otherProjectAmountPercent: 20 },
      protection: {
        ...protection,
        days: 60,
        exceptions: [
          { when: { amountFrom: ['50000.00 EUR'] }, days: 180 },
          { when: { tiers: ['Gold'] }, days: 120 },
        ],
      },
    }));
    const contents = await stored();
    const simulation = await simulateProgram(deps, { document: requireChecked(text), from: today });
    expect(await stored()).toEqual(contents);
    expect(simulation).toMatchObject({
      from: today,
      to: today,
      registrations: 5,
      unchanged: 0,
      unknown: [],
      earlier: { approved: 4, in_review: 0, information_needed: 0, rejected: 1 },
      now: { approved: 3, in_review: 2, information_needed: 0, rejected: 0 },
    });
    const until = (days: number) => addDays(today, days);
    expect(
      simulation.changes
        .map(({ number, now }) => [number, now.outcome, now.protectedUntil])
        .toSorted(([a = ''], [b = '']) => ((a ?? '') < (b ?? '') ? -1 : 1)),
    ).toEqual([
      [before[0]?.number, 'approved', until(60)],
      [before[1]?.number, 'approved', until(180)],
      [before[2]?.number, 'approved', until(120)],
      [before[3]?.number, 'in_review', null],
      [before[4]?.number, 'in_review', null],
    ]);
    // The same programme, published, decides the same registrations again.
    await publishProgram(deps, text);
    await deps.db.execute(sql`delete from conflict_case`);
    await deps.db.execute(
      sql`update registration set status = 'submitted', decided_at = null, reason = null, protected_until = null, approved_terms = null`,
    );
    await evaluateRegistrations(deps, noProgress);
    const after = await decided();
    expect(after).toEqual(simulated(simulation, before));
    const same = await simulateProgram(deps, { document: requireChecked(text), from: today });
    expect(same).toMatchObject({ changes: [], unknown: [] });
  });

  it('does not guess what older purchases would have changed', async () => {
    const { deps } = crm.fixture;
    const longer = programText(({ engagement }) => ({ engagement: { ...engagement, lookBackMonths: 60 } }));
    const simulation = await simulateProgram(deps, {
      document: requireChecked(longer),
      from: deps.clock().toISOString().slice(0, 10),
    });
    expect(simulation.unknown.length).toBeGreaterThan(0);
    expect(simulation.unknown[0]?.reason).toContain('The look-back is longer than at the decision');
    expect(simulation.registrations).toBe(
      simulation.unchanged + simulation.changes.length + simulation.unknown.length,
    );
  });

  it('is about the last whole quarter unless a period is given', async () => {
    const { deps } = crm.fixture;
    const document = requireChecked(programText(() => ({})));
    const at = (now: string) => ({ ...deps, clock: () => new Date(now) });
    const of = async (now: string) => {
      const { from, to } = await simulateProgram(at(now), { document });
      return [from, to];
    };
    expect(await of('2026-11-30T08:00:00Z')).toEqual(['2026-07-01', '2026-09-30']);
    expect(await of('2026-01-01T00:00:00Z')).toEqual(['2025-10-01', '2025-12-31']);
    await expect(simulateProgram(deps, { document, from: '2026-10-01', to: '2026-09-30' })).rejects.toThrow(
      'The period ends on 2026-09-30, before it begins on 2026-10-01.',
    );
  });
});
