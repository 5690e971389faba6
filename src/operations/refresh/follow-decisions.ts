import { hasOpenDecisions, recordsToDecide } from '#src/db/registrations/lifecycle/decision-store.ts';
import type { WaitingHint } from '#src/db/sync/hint-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor, requireConnection } from '#src/operations/connections/use-connection.ts';
import { hintedObjects } from '#src/operations/hints/record-hints.ts';
import { readCreators } from '#src/operations/pull/read-creators.ts';
import { readDecisions, type ReadDecisionsInput } from '#src/operations/pull/read-decisions.ts';
import { refuseUndecidable } from '#src/operations/registrations/lifecycle/in-crm/refuse-undecidable.ts';
import { decideFromCrm } from '#src/operations/registrations/lifecycle/decide-from-crm.ts';

/** A decision may be made while the fields of another one are emptied; a person who goes on typing is read later. */
const mostRounds = 3;

/**
 * Applies the decisions that people made in a CRM and empties their fields there. Another job writes the answers.
 *
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function followDecisions(deps: Deps, input: ReadDecisionsInput): Promise<void> {
  const { connectionId } = input;
  for (let round = 0; round < mostRounds; round += 1) {
    if (!(await readDecisions(deps, round === 0 ? input : { ...input, registrations: [] }))) return;
    await readCreators(deps, { ...input, extIds: await recordsToDecide(deps.db, connectionId) });
    const pack = packFor(deps, await requireConnection(deps, connectionId), 'registration');
    const versionField = pack?.fields.find(({ local }) => local === 'lifecycleVersion')?.remote ?? null;
    const decided = await decideFromCrm(deps, { connectionId, versionField });
    if (decided + (await refuseUndecidable(deps, connectionId)) === 0) return;
  }
}

/**
 * The same when hints are about registrations or decisions, or when an earlier job stopped in the middle.
 *
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function followHintedDecisions(
  deps: Deps,
  connectionId: string,
  hints: readonly Pick<WaitingHint, 'object' | 'extId'>[],
): Promise<void> {
  const kinds = hintedObjects(deps, await requireConnection(deps, connectionId));
  // An object without a kind holds decisions.
  const about = hints.filter(({ object }) => (kinds.get(object) ?? 'registration') === 'registration');
  if (about.length === 0 && !(await hasOpenDecisions(deps.db, connectionId))) return;
  const registrations = about.filter(({ object, extId }) => kinds.has(object) && extId !== '');
  const extIds = registrations.map(({ extId }) => extId);
  await followDecisions(deps, { connectionId, runId: null, registrations: extIds });
}
