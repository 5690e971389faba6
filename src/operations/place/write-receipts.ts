import { ConnectorError } from '#connectors/contract/failures.ts';
import type { FileReceipt } from '#connectors/contract/erp.ts';
import {
  correctionsOf,
  objectsInFiles,
  readingsOf,
  saveReceipt,
  waitingRows,
  type StoredReading,
  type WaitingRow,
} from '#src/db/connections/file-receipt-store.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalJson } from '#src/domain/content-hash.ts';
import { formatMinor } from '#src/domain/money.ts';
import { usableConnections } from '#src/operations/connections/use-connection.ts';

/**
 * Writes the receipts of the files whose rows were read and placed, where something has changed since. Call it
 * after placing: only then is it known which rows wait for a partner, an invoice or an answer.
 */
export async function writeReceipts(deps: Deps): Promise<void> {
  for (const connection of await usableConnections(deps))
    for (const object of await objectsInFiles(deps.db, connection.id)) {
      const changed = (await receiptsOf(deps, connection, object)).filter(
        ({ receipt, before, delivered }) =>
          !delivered || before === null || canonicalJson(before) !== canonicalJson(receipt),
      );
      if (changed.length > 0)
        await deliver(
          deps,
          connection,
          object,
          changed.map(({ receipt }) => receipt),
        );
    }
}

async function receiptsOf(deps: Deps, { id }: Connection, object: string) {
  const readings = await readingsOf(deps.db, id, object);
  if (readings.length === 0) return [];
  const waiting = Map.groupBy(await waitingRows(deps.db, id, object), ({ file }) => file);
  const corrections = Map.groupBy(await correctionsOf(deps.db, id, object), ({ file }) => file);
  return readings.map((stored) => {
    const rows = (corrections.get(stored.file) ?? []).flatMap(({ line, document, replaced }) =>
      replaced === null ? [] : [{ line, document, replaced }],
    );
    return {
      receipt: receiptOf(stored, waiting.get(stored.file) ?? [], rows),
      before: stored.receipt,
      delivered: stored.delivered,
    };
  });
}

function receiptOf(
  { reading, readAt }: StoredReading,
  waiting: readonly WaitingRow[],
  corrections: FileReceipt['corrections'],
): FileReceipt {
  const lines = new Map(waiting.map((row) => [row.line, row]));
  const { file, sha256, rows, refusedRows, refused, totals, control } = reading;
  return {
    file,
    sha256,
    readAt: readAt.toISOString(),
    rows,
    accepted: rows - refusedRows - lines.size,
    refusedRows,
    refused,
    waiting: waiting.map(({ line, document, code, reason, fix }) => ({ line, document, code, reason, fix })),
    totals: withoutWaiting(totals, [...lines.values()]),
    control,
    corrections,
  };
}

/** The totals of the rows that were accepted. */
function withoutWaiting(
  totals: Readonly<Record<string, string>>,
  waiting: readonly WaitingRow[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(totals).map(([currency, total]) => {
      const rows = waiting.filter((row) => row.currency === currency);
      const waitingMinor = rows.reduce((sum, { amount }) => sum + minorOf(amount), 0n);
      return [currency, formatMinor(minorOf(total) - waitingMinor, currency)];
    }),
  );
}

/** Minor units of an amount that has all decimals of its currency. A total may be beyond what one amount may be. */
const minorOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** A receipt that cannot be written is a problem, and tried again by the next run; the console has it. */
async function deliver(
  deps: Deps,
  connection: Connection,
  object: string,
  receipts: readonly FileReceipt[],
): Promise<void> {
  const at = deps.clock();
  const where = { source: 'plan', connectionId: connection.id, object } as const;
  const connector = deps.connectorFor(connection);
  let delivered = false;
  try {
    if (connector.role === 'erp') await connector.saveReceipts?.(receipts);
    delivered = true;
    await resolveProblems(deps.db, where, [connection.name], at);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const message = `The receipts of the files cannot be written: ${error.failure.message}`;
    const failure = { ...error.failure, code: 'receipt_not_written', message };
    await reportProblems(deps.db, where, [{ id: deps.ids(), ref: connection.name, failure }], at);
  } finally {
    await connector.close();
  }
  for (const receipt of receipts) await saveReceipt(deps.db, connection.id, object, { receipt, delivered });
}
