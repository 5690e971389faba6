import type { PushOutcome, RemoteWrite } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';

/**
 * Sends portions one after the other, so that no two calls wait for the lock of one parent.
 * @throws ConnectorError when the first portion fails. When a later one fails, its failure is the outcome of
 * all rows from there on
 */
export async function inTurn(
  portions: readonly (readonly RemoteWrite[])[],
  send: (writes: readonly RemoteWrite[]) => Promise<readonly PushOutcome[]>,
): Promise<PushOutcome[]> {
  const outcomes: PushOutcome[] = [];
  for (const [n, writes] of portions.entries()) {
    try {
      outcomes.push(...(await send(writes)));
    } catch (error) {
      if (!(error instanceof ConnectorError) || n === 0) throw error;
      const { failure } = error;
      return [
        ...outcomes,
        ...portions
          .slice(n)
          .flatMap((unsent) => unsent.map(({ id }): PushOutcome => ({ id, ok: false, failure }))),
      ];
    }
  }
  return outcomes;
}
