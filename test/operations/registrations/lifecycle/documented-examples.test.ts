import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { CommandValues, LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { instantAt } from '#src/domain/service-levels/zone.ts';
import { fireLifecycleTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { learnNews } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { showLifecycle } from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { startDeps } from '#test/support/deps.ts';
import { docTable } from '#test/support/docs/doc-table.ts';
import { lifecycleFixture, terms, type LifecycleFixture } from './lifecycle-fixture.ts';

const zone = 'Europe/Berlin';

/** The instant of a local time such as `2026-06-15 10:00`. */
function instantOf(text: string): number {
  return instantAt(zone, Date.parse(`${text.replace(' ', 'T')}:00Z`) / 1000);
}

interface Played {
  readonly fixture: LifecycleFixture;
  readonly id: string;
}

type Row = Readonly<Record<string, string>>;

/** Values that the moves need and the tables leave out. */
const usual: Readonly<Partial<Record<string, CommandValues>>> = {
  request_info: { question: 'Who is the contact at the customer?' },
  answer_info: { answer: 'Anna Berg.' },
};

async function play({ fixture, id }: Played, row: Row): Promise<void> {
  const at = instantOf(row['at'] ?? '');
  const [, move = '', reasonCode] = /^([a-z_.0-9]+)(?: \(([a-z_]+)\))?/.exec(row['does'] ?? '') ?? [];
  const { deps, opportunity } = fixture;
  if (move === 'opportunity.won') {
    const news = {
      fact: 'opportunity',
      event: 'won',
      opportunity,
      registration: null,
      reasonCode: null,
    } as const;
    await learnNews(deps, at, news);
    return;
  }
  if (row['who'] === '–') {
    await fireLifecycleTimers(deps, at);
    const [fired] = await deps.db.execute<{ at: string }>(sql`
      select extract(epoch from at)::text as at from registration_event where registration_id = ${id} and move = ${move}`);
    expect({ move, at: Number(fired?.at) }).toEqual({ move, at });
    return;
  }
  const values: CommandValues = {
    ...usual[move],
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(move === 'convert' ? { opportunity } : {}),
    ...(move === 'submit'
      ? { terms, deal: id, rules: row['state'] === 'approved' ? 'clear' : 'review' }
      : {}),
  };
  const when = new Date(at * 1000).toISOString();
  const { refused } = await fixture.does(row['who'] ?? '', move as LifecycleCommand['do'], when, id, values);
  expect(refused).toBeNull();
}

const local = (instant: number): string =>
  new Date(instant * 1000).toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);

async function countsOf({ fixture, id }: Played, at: number): Promise<{ state: string; counts: string[] }> {
  const shown = await showLifecycle(fixture.deps, id, { at });
  if (shown === null) return expect.fail('the registration has no lifecycle');
  const { state, protectedUntil, extensionOpenBy } = shown.registration;
  const waits = state === 'in_review' || state === 'info_requested' || state === 'appealed';
  const clock = state === 'appealed' ? shown.appealClock : shown.decisionClock;
  const names = shown.mayDecide.map((name) => name.split('@')[0]).join(', ');
  const due = clock?.dueAt == null ? 'no time counts' : `due ${local(clock.dueAt)}`;
  return {
    state,
    counts: [
      ...(waits ? [due] : []),
      ...(waits && names !== '' ? [`${names} may decide`] : []),
      ...(state === 'info_requested' ? [`answer until ${shown.infoDeadline}`] : []),
      ...(protectedUntil === null || state === 'expired' ? [] : [`protected until ${protectedUntil}`]),
      ...(extensionOpenBy === null ? [] : ['extension open']),
      ...(shown.decisionClock?.state === 'missed' ? ['clock missed'] : []),
    ],
  };
}

describe('the worked examples of docs/registrations.md', () => {
  test.each(['From submission to outcome', 'An appeal', 'A breach', 'An expiry'])('%s', async (title) => {
    const rows = docTable('registrations.md', `### ${title}`);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    await using started = await startDeps({ now: '2026-06-01T08:00:00Z' });
    const fixture = await lifecycleFixture(started.deps, '2026-06-01T08:00:00Z', { protectionZone: zone });
    const played = { fixture, id: started.deps.ids() };
    for (const row of rows) {
      await play(played, row);
      const { state, counts } = await countsOf(played, instantOf(row['at'] ?? ''));
      expect({ ...row, state }).toEqual(row);
      const documented = (row['counts'] ?? '').split('; ').filter((part) => part !== '');
      // Who may decide is written only where it is the point of the example.
      const known = new Set(counts);
      const wrong = documented.filter((part) => !known.has(part));
      expect({ does: row['does'], wrong, counts }).toEqual({ does: row['does'], wrong: [], counts });
      const unsaid = counts.filter((part) => !documented.includes(part) && !part.endsWith('may decide'));
      expect({ does: row['does'], unsaid }).toEqual({ does: row['does'], unsaid: [] });
    }
  });
});
