import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { lifecycleFixture, seconds, terms, type LifecycleFixture } from './lifecycle-fixture.ts';

const monday = '2026-06-15T08:00:00Z';

let started: TestDeps;
let fixture: LifecycleFixture;
beforeEach(async () => {
  started = await startDeps({ now: monday });
  fixture = await lifecycleFixture(started.deps, monday);
});
afterEach(() => started[Symbol.asyncDispose]());

const publish = (approval: Partial<ProgramDocument['approval']>) =>
  publishProgram(
    started.deps,
    programText((document) => ({ approval: { ...document.approval, ...approval } })),
  );
const email = (name: string) => `${name}@scenario.example`;
const two = [{ name: 'Review', anyOf: [email('olga'), email('omar')] }];

const submit = async (values: Readonly<Record<string, string>> = {}) => {
  const id = started.deps.ids();
  const given = { terms: { ...terms, ...values }, deal: id, rules: 'review' } as const;
  await fixture.does('pat', 'submit', monday, id, given);
  return id;
};
const deciders = async (id: string) =>
  (await showLifecycle(started.deps, id, { at: seconds(monday) }))?.mayDecide;

describe('the approval of a registration', () => {
  test('needs two people from an amount on, also when the amount is in another currency', async () => {
    await publish({
      fourEyesFrom: ['50000.00 EUR'],
      distinctApprovers: false,
      routes: [{ name: 'All', steps: two }],
    });
    for (const large of [await submit(), await submit({ amount: '1.00', currency: 'USD' })]) {
      expect((await fixture.does('olga', 'approve', monday, large)).refused).toBeNull();
      expect(await deciders(large)).toEqual([email('omar')]);
      expect((await fixture.does('olga', 'approve', monday, large)).refused).toMatchObject({
        reason: 'same_person_twice',
      });
      expect((await fixture.does('omar', 'approve', monday, large)).refused).toBeNull();
      const shown = await showLifecycle(started.deps, large, { at: seconds(monday) });
      expect(shown?.registration.state).toBe('approved');
    }
    const small = await submit({ amount: '49999.99' });
    await fixture.does('olga', 'approve', monday, small);
    const shown = await showLifecycle(started.deps, small, { at: seconds(monday) });
    expect(shown?.registration.state).toBe('approved');
  });

  test('is not given by a person whom the programme names a conflict of interest for', async () => {
    await publish({
      routes: [{ name: 'All', steps: two }],
      conflictsOfInterest: [{ person: email('olga'), when: { productFamilies: ['Network'] } }],
    });
    const network = await submit();
    expect(await deciders(network)).toEqual([email('omar')]);
    expect((await fixture.does('olga', 'approve', monday, network)).refused).toMatchObject({
      reason: 'conflict_of_interest',
    });
    expect(await deciders(await submit({ productFamily: 'Storage' }))).toEqual([
      email('olga'),
      email('omar'),
    ]);
  });

  test('is asked from the people of the channel account manager’s route', async () => {
    const [row] = await started.deps.db.execute<{ cam: string | null }>(sql`
      select l.name as cam from partner p join account a on a.id = p.account_id
      join lifecycle_person l on l.crm_user = a.owner where p.id = (select partner_id from lifecycle_person where name = ${email('pat')})`);
    const cam = row?.cam ?? expect.fail('the partner has no channel account manager');
    const route = (cams: readonly string[]) => ({
      name: 'Managers',
      when: { cams: [...cams] },
      steps: [{ name: 'Review', anyOf: [email('omar')] }],
    });
    const others = { name: 'Others', steps: [{ name: 'Review', anyOf: [email('olga')] }] };
    await publish({ routes: [route([cam]), others] });
    expect(await deciders(await submit())).toEqual([email('omar')]);
    await publish({ routes: [route(['another@vendor.example']), others] });
    expect(await deciders(await submit())).toEqual([email('olga')]);
  });
});
