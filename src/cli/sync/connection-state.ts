import {
  backlogOf,
  budgetRows,
  connectionForPage,
  listeningOf,
  objectReadings,
  massDeletionMessages,
  type ConnectionOnPage,
} from '#src/db/connections/connection-page-view.ts';
import { deadLetters } from '#src/db/sync/dead-letter-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { callBudgets } from '#src/operations/connections/call-budget.ts';
import { remainingMs } from '#src/operations/jobs/progress.ts';

export type ConnectionState = Awaited<ReturnType<typeof stateOf>>;

/** One connection in numbers; instants are ISO 8601 in JSON. */
export async function stateOf(deps: Deps, id: string) {
  const { db } = deps;
  const connection = await connectionForPage(db, id);
  if (connection === null) throw new AppError('not_found', 'The connection was removed meanwhile.', { id });
  const now = deps.clock();
  const [objects, budgets, backlog, refused, listening, massDeletions] = await Promise.all([
    objectReadings(db, id),
    budgetRows(db, id),
    backlogOf(db, id),
    deadLetters(db, id, 3),
    listeningOf(db, id),
    massDeletionMessages(db, id),
  ]);
  return {
    name: connection.name,
    kind: connection.kind,
    state: stateName(connection, now),
    failure: connection.failure,
    /**
     * True when something was refused or a person must decide. A used-up limit does not count, because it
     * ends by itself.
     */
    needsSomebody:
      connection.status === 'failing' ||
      backlog.refused.count + backlog.conflicts.count + massDeletions.length > 0,
    /** Records that a comparison did not remove because they exceed the limit. */
    massDeletions,
    pausedUntil:
      connection.pausedUntil !== null && connection.pausedUntil > now ? connection.pausedUntil : null,
    pauseReason: connection.pauseReason,
    /**
     * Since when the object that was read longest ago is not fresh; null while one was never read to the end.
     */
    readAt: leastFresh(objects.map((one) => one.completedAt)),
    reading: objects.flatMap(({ object, reading }) =>
      reading ? [{ object, ...reading, remainingMs: remainingMs(reading, now) }] : [],
    ),
    listening: listening && { heardAt: listening.lastEventAt, error: listening.error },
    backlog,
    budget: callBudgets(connection, budgets, now),
    refused: refused.map(({ object, code, message, fix, count, oldestAt }) => ({
      object,
      code,
      message,
      fix,
      count,
      oldestAt,
    })),
  };
}

function stateName(
  { status, pausedUntil }: ConnectionOnPage,
  now: Date,
): 'healthy' | 'failing' | 'paused' | 'disabled' {
  if (status === 'disabled') return 'disabled';
  if (pausedUntil !== null && pausedUntil > now) return 'paused';
  return status === 'active' ? 'healthy' : 'failing';
}

function leastFresh(times: readonly (Date | null)[]): Date | null {
  if (times.length === 0 || times.includes(null)) return null;
  return new Date(Math.min(...times.map((time) => time?.getTime() ?? 0)));
}
