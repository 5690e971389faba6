import { ConnectorError } from '#connectors/contract/failures.ts';
import {
  closePeriod,
  lastClosedPeriod,
  lockLedger,
  savePayoutLines,
  unpaidEntries,
  type OpenEntry,
} from '#src/db/ledger/ledger-store.ts';
import {
  batchesAwaitingFile,
  insertBatches,
  payeesOf,
  payoutItems,
  type PayoutBatch,
} from '#src/db/payouts/payout-store.ts';
import { connectionsNotRead } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { planPayouts, type OpenBalance, type PayoutItemPlan } from '#src/domain/payouts/batch.ts';
import { payeeName, type Payee } from '#src/domain/payouts/payee.ts';
import { monthToPay } from '#src/domain/period.ts';
import { contentHash } from '#src/domain/content-hash.ts';
import { writeTasks } from '#src/operations/connections/use-connection.ts';
import { deliverPayoutBatch } from './payout-file.ts';
import { readAgreedTime } from '#src/operations/clocks/read-clocks.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';

/**
 * Closes the last month whose grace period is over and drafts its payouts: one batch per currency, one item per
 * partner. A draft pays nothing; two people must agree first. A month is drafted only once, so the draft waits
 * while a CRM or the ERP cannot be read: the partners of that system would be missing. It also waits while the
 * clocks disagree, because a month that is closed too early stays closed. Then writes the files of
 * drafts, for review, and of released batches that are not in finance's folders yet.
 */
export async function draftPayouts(deps: Deps, progress: ReportProgress): Promise<void> {
  const { program } = await currentProgram(deps);
  const { today, disagreement } = await readAgreedTime(deps);
  const period = monthToPay(today, program.payoutGraceDays);
  const unread = await connectionsNotRead(deps.db, writeTasks);
  const waits = disagreement !== null || unread.length > 0;
  const drafted = waits ? 0 : await draftMonth(deps, period);
  for (const batch of await batchesAwaitingFile(deps.db)) await tryPayoutFile(deps, batch);
  if (disagreement !== null) deps.log.error({ period, disagreement }, 'no month is closed');
  const label =
    disagreement ??
    (unread.length > 0
      ? `Payouts of ${period} wait until ${unread.join(' and ')} can be read`
      : 'Drafting payouts');
  await progress({ label, done: drafted, total: drafted });
}

async function draftMonth(deps: Deps, period: string): Promise<number> {
  return deps.db.transaction(async (tx) => {
    await lockLedger(tx);
    const closed = await lastClosedPeriod(tx);
    if (closed !== null && closed >= period) return 0;
    const entries = await unpaidEntries(tx, period);
    const payees = await payeesOf(tx, [...new Set(entries.map((entry) => entry.partnerId))]);
    const { items } = planPayouts(netByPartner(entries, period, payees));
    const { batches, rows, lines } = compose(deps, items, entries, period);
    await insertBatches(tx, batches, rows);
    await savePayoutLines(tx, lines);
    await closePeriod(tx, period, deps.clock());
    return items.length;
  });
}

/**
 * A folder that cannot be reached is shown on its connection, and the next run tries again. It stops neither
 * the other files nor the run.
 */
async function tryPayoutFile(deps: Deps, batch: PayoutBatch): Promise<void> {
  try {
    await deliverPayoutBatch(deps, batch, await payoutItems(deps.db, [batch.id]));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    deps.log.warn({ batch: batch.key, failure: error.failure }, 'payout file not written');
  }
}

function netByPartner(
  entries: readonly OpenEntry[],
  period: string,
  payees: ReadonlyMap<string, Payee>,
): OpenBalance[] {
  const net = new Map<string, OpenBalance>();
  for (const { partnerId, currency, amountMinor } of entries) {
    const key = `${partnerId}|${currency}`;
    const payee = payees.get(partnerId);
    const name = payee ? payeeName(payee) : partnerId;
    const sum = net.get(key) ?? { partnerId, payee: name, currency, period, amountMinor: 0n, lineCount: 0 };
    net.set(key, { ...sum, amountMinor: sum.amountMinor + amountMinor, lineCount: sum.lineCount + 1 });
  }
  return [...net.values()];
}

function compose(
  deps: Deps,
  items: readonly PayoutItemPlan[],
  entries: readonly OpenEntry[],
  period: string,
) {
  const at = deps.clock();
  const batches = [...new Set(items.map((item) => item.currency))]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((currency) => {
      const ofCurrency = items.filter((item) => item.currency === currency);
      return {
        id: deps.ids(),
        key: `${period}-${currency}`,
        period,
        currency,
        status: 'draft' as const,
        totalMinor: ofCurrency.reduce((total, item) => total + item.amountMinor, 0n),
        itemCount: ofCurrency.length,
        contentHash: batchHash({ key: `${period}-${currency}` }, ofCurrency),
        createdAt: at,
      };
    });
  const batchOf = new Map(batches.map((batch) => [batch.currency, batch.id]));
  const rows = items.map(({ key, partnerId, currency, amountMinor, lineCount }) => ({
    id: deps.ids(),
    batchId: batchOf.get(currency) ?? '',
    key,
    partnerId,
    period,
    currency,
    amountMinor,
    lineCount,
  }));
  const itemOf = new Map(rows.map((row) => [`${row.partnerId}|${row.currency}`, row.id]));
  const lines = entries.flatMap((entry) => {
    const itemId = itemOf.get(`${entry.partnerId}|${entry.currency}`);
    return itemId === undefined ? [] : [{ txId: entry.id, itemId }];
  });
  return { batches, rows, lines };
}

/** The hash of the content that an approval covers: the payees and their amounts. */
export function batchHash(
  batch: Pick<PayoutBatch, 'key'>,
  items: readonly Pick<PayoutItemPlan, 'key' | 'amountMinor'>[],
): string {
  return contentHash([
    batch.key,
    items.map((item) => `${item.key}=${item.amountMinor}`).toSorted((a, b) => (a < b ? -1 : 1)),
  ]);
}
