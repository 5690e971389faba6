import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { addPerson } from '#test/support/people/people.ts';
import { lifecycleFixture, seconds, terms, type LifecycleFixture } from './lifecycle-fixture.ts';

const monday = '2026-06-15T08:00:00Z';

let started: TestDeps;
let fixture: LifecycleFixture;
beforeEach(async () => {
  started = await startDeps({ now: monday });
  fixture = await lifecycleFixture(started.deps, monday);
});
afterEach(() => started[Symbol.asyncDispose]());

/** Large deals are decided by one person, the others by every ops. */
const changed = ({ approval, serviceLevel, reasons }: ProgramDocument): Partial<ProgramDocument> => ({
  approval: {
    ...approval,
    routes: [
      {
        name: 'Large',
        when: { amountFrom: ['100000.00 EUR'] },
        steps: [{ name: 'Director', anyOf: ['omar@scenario.example'] }],
      },
      { name: 'Others', steps: [{ name: 'Review', anyOf: ['role ops'] }] },
    ],
  },
  serviceLevel: { ...serviceLevel, decision: { kind: 'elapsed', minutes: 60 } },
  reasons: {
    ...reasons,
    reject: {
      ...reasons.reject,
      not_certified: { en: 'Certify a person first', de: 'Zertifizieren Sie erst jemanden', offered: true },
      existing_customer: { en: 'Known', de: 'Bekannt', offered: false },
    },
  },
});

const submit = async (values: Readonly<Record<string, string>> = {}) => {
  const id = started.deps.ids();
  await fixture.does('pat', 'submit', monday, id, {
    terms: { ...terms, ...values },
    deal: id,
    rules: 'review',
  });
  return id;
};
const shown = async (id: string) => {
  const one = await showLifecycle(started.deps, id, { at: seconds(monday) });
  return {
    due: one?.decisionClock?.dueAt,
    mayDecide: one?.mayDecide,
    version: one?.registration.programme.version,
  };
};
const ops = ['lena', 'olga', 'omar', 'otto'].map((name) => `${name}@scenario.example`);

describe('the settings of a registration', () => {
  test('are those of the programme version in force at its submission, also after another one', async () => {
    const before = await submit();
    const { version } = await publishProgram(started.deps, programText(changed));
    const after = await submit();
    expect(await shown(before)).toEqual({
      due: seconds('2026-06-17T08:00:00Z'),
      mayDecide: ops.slice(1, 3),
      version: version - 1,
    });
    expect(await shown(after)).toEqual({
      due: seconds('2026-06-15T09:00:00Z'),
      mayDecide: [...ops, 'paula@vendor.test', 'quentin@vendor.test'].toSorted(),
      version,
    });
    // A person who joins later has the role, too.
    await addPerson(started.deps, { name: 'Nora', role: 'ops' });
    expect((await shown(after)).mayDecide).toContain('nora@vendor.test');
  });

  test('follow the amount: a deal that becomes large is decided by the people for large deals', async () => {
    await publishProgram(started.deps, programText(changed));
    const large = await submit({ amount: '100000.00' });
    expect((await shown(large)).mayDecide).toEqual(['omar@scenario.example']);
    const small = await submit();
    await fixture.does('pat', 'edit', monday, small, { fields: { amount: '250000.00' } });
    expect((await shown(small)).mayDecide).toEqual(['omar@scenario.example']);
    const refusal = await fixture.does('otto', 'approve', monday, small);
    expect(refusal.refused).toMatchObject({ reason: 'not_an_approver' });
  });

  test('have the reasons of the version in force: their words, and which ones can be chosen', async () => {
    await publishProgram(started.deps, programText(changed));
    const id = await submit();
    const reject = (reasonCode: string) =>
      fixture.does('otto', 'reject', monday, id, { reasonCode, text: 'Ask the academy.' });
    expect((await reject('existing_customer')).refused).toMatchObject({ reason: 'reason_code_unknown' });
    expect((await reject('not_certified')).refused).toBeNull();
    const reason = async () =>
      [...(await started.deps.db.execute(sql`select reason, status from registration where id = ${id}`))][0];
    const rejected = { reason: 'Certify a person first: Ask the academy.', status: 'rejected' };
    expect(await reason()).toEqual(rejected);
    await fixture.does('pat', 'appeal', monday, id, { text: 'We are certified.' });
    expect(await reason()).toEqual(rejected);
  });
});
