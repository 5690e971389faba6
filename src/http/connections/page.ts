import {
  backlogOf,
  budgetRows,
  connectionForPage,
  listeningOf,
  objectReadings,
  recentAlerts,
  reconcileJobs,
  trafficOf,
  massDeletionMessages,
} from '#src/db/connections/connection-page-view.ts';
import { latestReceipts } from '#src/db/connections/file-receipt-store.ts';
import { deadLetters } from '#src/db/sync/dead-letter-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { callBudgets } from '#src/operations/connections/call-budget.ts';
import { packsOf, requireConnection } from '#src/operations/connections/use-connection.ts';
import { locationOf, readingAnswer, receiptAnswer, reconcileAnswer } from './answer.ts';

const shownLetters = 20;
const shownAlerts = 8;
const shownReceipts = 20;

/** @throws AppError `not_found` */
export async function connectionPageAnswer(deps: Deps, id: string) {
  const { db, clock } = deps;
  const connection = await connectionForPage(db, id);
  if (connection === null)
    throw new AppError('not_found', 'There is no such connection. It may have been removed.', { id });
  const now = clock();
  const [objects, traffic, budget, backlog, letters, events, comparisons, warnings, receipts, alerts] =
    await Promise.all([
      objectReadings(db, id),
      trafficOf(db, id, now),
      budgetRows(db, id),
      backlogOf(db, id),
      deadLetters(db, id, shownLetters),
      listeningOf(db, id),
      reconcileJobs(db, id),
      massDeletionMessages(db, id),
      latestReceipts(db, id, shownReceipts),
      recentAlerts(db, id, shownAlerts),
    ]);
  const packs = packsOf(deps, await requireConnection(deps, id)).filter((pack) => pack.enabled !== false);
  return {
    id,
    name: connection.name,
    kind: connection.kind,
    status: connection.status,
    account: connection.account,
    failure: connection.failure,
    pausedUntil: connection.pausedUntil,
    pauseReason: connection.pauseReason,
    checkedAt: connection.checkedAt,
    installedAt: connection.installedAt,
    dailyCallLimit: connection.dailyCallLimit,
    removalLimitPercent: connection.removalLimitPercent,
    location: locationOf(deps.systems, connection),
    writable: packs.some((pack) => pack.fields.some((field) => field.direction !== 'in')),
    objects: objects.map((object) => ({
      ...object,
      kind: packs.find((pack) => pack.object === object.object)?.kind ?? null,
      reading: readingAnswer(object.reading, now),
    })),
    traffic,
    budget: callBudgets(connection, budget, now),
    backlog,
    deadLetters: letters.map((group) => ({
      ...group,
      records: group.records.map((letter) => ({ ...letter, fields: Object.keys(letter.fields) })),
    })),
    changeEvents: events && {
      connected: events.leasedUntil !== null && events.leasedUntil > now,
      lastEventAt: events.lastEventAt,
      error: events.error,
    },
    reconcile: comparisons.map(reconcileAnswer),
    removalWarnings: warnings,
    receipts: receipts.map(receiptAnswer),
    alerts,
  };
}
