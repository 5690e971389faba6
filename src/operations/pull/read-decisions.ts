import { ConnectorError } from '#connectors/contract/failures.ts';
import {
  decisionsToClear,
  hasLifecycles,
  lastDecisionChange,
  markDecisionsCleared,
  saveDecisions,
} from '#src/db/registrations/lifecycle/decision-store.ts';
import { reportProblems, resolveUnseen } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { withCrm } from '#src/operations/connections/use-connection.ts';

/** The place of problems with reading decisions. It is no object of the vendor. */
const about = 'decisions';

export interface ReadDecisionsInput {
  readonly connectionId: string;
  /** Null outside a run. */
  readonly runId: string | null;
  /** Registrations that the CRM announced, by its ids. */
  readonly registrations?: readonly string[];
  readonly lane?: Lane;
}

/**
 * Stores the decisions that people made in a CRM, after it has emptied the fields of those that are handled. The
 * registrations whose fields were emptied are read again, so that a decision that was made meanwhile is not lost. A
 * crash repeats both. Returns whether the CRM can have decisions.
 *
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function readDecisions(
  deps: Deps,
  { connectionId, runId, registrations = [], lane = 'hint' }: ReadDecisionsInput,
): Promise<boolean> {
  // Without a lifecycle, runs look for decisions only to refuse them.
  const canDecide = await hasLifecycles(deps.db, connectionId);
  if (!canDecide && runId === null) return false;
  const began = deps.clock();
  const where = { source: 'pull', connectionId, object: about } as const;
  return withCrm(deps, { connectionId, runId, about, lane }, async (connection, { decisions }) => {
    if (decisions === undefined) return false;
    const handled = await decisionsToClear(deps.db, connectionId);
    const emptied = decisions.clear === undefined ? [] : [...new Set(handled.map(({ extId }) => extId))];
    const since = (await lastDecisionChange(deps.db, connectionId))?.toISOString() ?? null;
    try {
      if (emptied.length > 0) await decisions.clear?.(emptied);
      const connectedAt = connection.createdAt.toISOString();
      const made = await decisions.read({
        since,
        connectedAt,
        registrations: [...registrations, ...emptied],
      });
      await saveDecisions(deps.db, connectionId, made);
    } catch (error) {
      if (!(error instanceof ConnectorError) || !isNotInstalled(error)) throw error;
      if (!canDecide) return false;
      const { message } = error.failure;
      const failure = {
        class: 'mapping',
        code: 'decisions_missing',
        message: `Nobody can decide registrations in this CRM yet. ${message}`,
        fix: 'Connect the CRM again to install what decisions need, and give its users the permission for it.',
      } as const;
      await reportProblems(deps.db, where, [{ id: deps.ids(), ref: connection.name, failure }], began);
      return false;
    }
    const keys = handled.map(({ key }) => key);
    await markDecisionsCleared(deps.db, connectionId, keys, deps.sharedClock());
    await resolveUnseen(deps.db, where, began, deps.clock());
    return true;
  });
}

const isNotInstalled = ({ failure }: ConnectorError): boolean =>
  failure.class === 'permission' || failure.class === 'mapping' || failure.class === 'gone';
