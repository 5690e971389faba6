import type { Deps } from '#src/deps.ts';
import type { IncentiveProgram } from '#src/domain/incentive/component.ts';
import type { BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import type { Payout } from '#src/domain/ledger/books/books.ts';
import type { PeriodReport } from '#src/domain/ledger/books/period-report.ts';
import { calculateBooks } from '#src/operations/incentive/books/calculate-books.ts';
import { confirmClose, startClose } from '#src/operations/incentive/books/close-books.ts';
import { loadBooks } from '#src/operations/incentive/books/load-books.ts';
import { openBooks } from '#src/operations/incentive/books/open-books.ts';
import { recordEvents, type RecordedEvent } from '#src/operations/incentive/books/record-events.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';

/** The two people who close the periods of a scenario. */
export interface ScenarioFinance {
  readonly starterId: string;
  readonly confirmerId: string;
}

export async function addScenarioFinance(deps: Deps): Promise<ScenarioFinance> {
  const add = async (name: string) => {
    const { person } = await createLoginLink(deps, { email: `${name}@finance.test`, role: 'finance' });
    return person.id;
  };
  return { starterId: await add('first'), confirmerId: await add('second') };
}

export interface PlayedHistory {
  /** The places of the refused events. */
  readonly refused: readonly number[];
  readonly reports: readonly PeriodReport[];
  readonly payouts: readonly Payout[];
}

/** Plays events through the operations. Events between two closes are recorded together. */
export async function playEvents(
  deps: Deps,
  { starterId, confirmerId }: ScenarioFinance,
  { name, program, events }: { name: string; program: IncentiveProgram; events: readonly BookEvent[] },
): Promise<PlayedHistory> {
  const { id: bookId } = await openBooks(deps, { name, program });
  const refused: number[] = [];
  const reports: PeriodReport[] = [];
  let waiting: { readonly place: number; readonly event: RecordedEvent }[] = [];
  const flush = async () => {
    const outcomes = await recordEvents(deps, { bookId, events: waiting.map(({ event }) => event) });
    for (const [index, outcome] of outcomes.entries())
      if (outcome.refused !== null) refused.push(waiting[index]?.place ?? 0);
    waiting = [];
  };
  for (const [place, event] of events.entries()) {
    if (event.type !== 'close' && event.type !== 'run') {
      waiting.push({ place, event });
      continue;
    }
    await flush();
    if (event.type === 'run') {
      await calculateBooks(deps, { bookId });
      continue;
    }
    const started = await startClose(deps, { bookId, period: event.period, personId: starterId });
    if (started.refused === null)
      reports.push(await confirmClose(deps, { bookId, period: event.period, personId: confirmerId }));
    else refused.push(place);
  }
  await flush();
  const { books } = await loadBooks(deps.db, bookId);
  return { refused, reports, payouts: [...books.payouts.values()] };
}
