import { expect, it, type TestContext } from 'vitest';
import type { CrmDecision, CrmDecisions } from '#connectors/contract/decisions.ts';
import { instant, needs, type CrmReady } from './contract-state.ts';
import type { DecisionSubject } from './contract-subject.ts';

const connectedAt = '2000-01-01T00:00:00.000Z';
const nothingBefore = { since: null, connectedAt, registrations: [] } as const;

/** What a person or a program decides in the CRM: how a connector reads it, proves its author and empties it. */
export function testDecisions(ready: () => CrmReady): void {
  const parts = (context: TestContext): DecisionSubject & { readonly decisions: CrmDecisions } => {
    const { connector, subject } = ready();
    return {
      decisions: needs(context, connector.decisions, 'decisions'),
      ...needs(context, subject.decisions, 'way to decide from outside'),
    };
  };
  const about = (made: readonly CrmDecision[], registration: string): readonly CrmDecision[] =>
    made.filter((one) => one.registration === registration);

  it('reads a decision with its words and the person who created it, each time under the same key', async (context) => {
    const { decisions, register, decide, person } = parts(context);
    const registration = await register();
    await decide(registration, 'person', { decision: 'reject', reasonCode: 'other', text: 'No stock.' });
    const [made, ...others] = about(await decisions.read(nothingBefore), registration);
    expect(others).toEqual([]);
    expect(made).toEqual({
      key: expect.any(String),
      registration,
      madeAt: expect.stringMatching(instant),
      changedAt: expect.stringMatching(instant),
      decision: 'reject',
      reasonCode: 'other',
      text: 'No stock.',
      seenVersion: null,
      authorEmail: person,
      problem: null,
    });
    const again = await decisions.read({
      ...nothingBefore,
      since: made?.changedAt ?? null,
      registrations: [registration],
    });
    expect(about(again, registration)).toEqual([made]);
  });

  it('shows the person who created a registration, and none for one that Fairway created', async (context) => {
    const { decisions, register, person } = parts(context);
    const [byPerson, byFairway] = [await register('person'), await register()];
    expect(await decisions.creators([byPerson, byFairway])).toEqual(
      new Map([
        [byPerson, person],
        [byFairway, null],
      ]),
    );
  });

  it.for(['flow', 'process'] as const)(
    'reads an approval by %s as the decision of its reviewer, and none from before the connection',
    async (kind, context) => {
      const { decisions, register, approve, person } = parts(context);
      const decide = needs(context, approve, 'approvals');
      const registration = await register();
      await decide(registration, kind, { decision: 'reject', text: 'No stock.' });
      const [made, ...others] = about(await decisions.read(nothingBefore), registration);
      expect(others).toEqual([]);
      expect(made).toMatchObject({
        decision: 'reject',
        reasonCode: 'other',
        text: 'No stock.',
        seenVersion: null,
        authorEmail: person,
        problem: null,
      });
      const at = made?.madeAt ?? expect.fail('there is no approval');
      const later = new Date(Date.parse(at) + 1_000).toISOString();
      const request = { ...nothingBefore, registrations: [registration] };
      expect(about(await decisions.read({ ...request, connectedAt: at }), registration)).toEqual([made]);
      expect(about(await decisions.read({ ...request, connectedAt: later }), registration)).toEqual([]);
    },
  );

  it.for(['integration', 'automation'] as const)(
    'does not take the word of an %s for a person’s',
    async (by, context) => {
      const { decisions, register, decide } = parts(context);
      const registration = await register();
      await decide(registration, by, { decision: 'approve' });
      const [made] = about(await decisions.read(nothingBefore), registration);
      expect(made).toMatchObject({ decision: 'approve', authorEmail: null, problem: 'author_not_proven' });
    },
  );

  it('still reads a decision whose fields were emptied, and the one that was made meanwhile', async (context) => {
    const { decisions, register, decide } = parts(context);
    const clear = needs(context, decisions.clear, 'fields to empty');
    const registration = await register();
    await decide(registration, 'person', { decision: 'approve' });
    const [first] = about(await decisions.read(nothingBefore), registration);
    await decide(registration, 'person', { decision: 'withdraw' });
    await clear([registration]);
    expect(about(await decisions.read(nothingBefore), registration)).toEqual([]);
    const named = about(
      await decisions.read({ ...nothingBefore, registrations: [registration] }),
      registration,
    );
    expect(named.map(({ decision }) => decision).toSorted()).toEqual(['approve', 'withdraw']);
    expect(named).toContainEqual(first);
  });
}
