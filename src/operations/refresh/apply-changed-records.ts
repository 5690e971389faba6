import { connectorFailure, type ConnectorError } from '#connectors/contract/failures.ts';
import {
  opportunitiesOfRegistrations,
  registrationsOfOpportunities,
} from '#src/db/sync/decided-value-store.ts';
import { linkedRecordIds } from '#src/db/records/link-store.ts';
import type { Deps } from '#src/deps.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { readCreators } from '#src/operations/pull/read-creators.ts';
import { readOwners } from '#src/operations/pull/read-owners.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { hintedKinds, type HintedKind } from '#src/operations/hints/record-hints.ts';

/** Records of one object that have been read again. */
export interface ChangedObject {
  readonly object: string;
  readonly kind: HintedKind;
  /** The vendor's ids. */
  readonly extIds: readonly string[];
}

export interface ApplyChangedInput {
  readonly connectionId: string;
  readonly changed: readonly ChangedObject[];
}

/**
 * Applies a few changed records without waiting for a run: places them, evaluates the registrations that
 * depend on them, and plans the writes to this CRM. A second call changes nothing. When other registrations
 * get a new verdict because of them, a separate job writes it.
 *
 * @returns the failure when the CRM did not give people: owners, whom only texts name, or those who created
 * registrations, which are then not decided
 */
export async function applyChangedRecords(
  deps: Deps,
  { connectionId, changed }: ApplyChangedInput,
  progress: ReportProgress,
): Promise<ConnectorError | null> {
  // A registration may move to another opportunity or be deleted; its former opportunity must be written as
  // well.
  const before = await recordIds(deps, connectionId, changed);
  const formerOpportunities = await opportunitiesOfRegistrations(deps.db, before.registration);
  // A registration is submitted when it is placed. The person who created it is not asked to decide it.
  const creatorsFailure = await connectorFailure(readCreatorsOf(deps, { connectionId, changed }));
  // Kinds after the changed ones are placed as well: their records may have waited for a changed record.
  const first = Math.min(...changed.map(({ kind }) => hintedKinds.indexOf(kind)));
  const placed = await placeRecords(deps, null, progress, { connectionId, kinds: hintedKinds.slice(first) });
  const after = await recordIds(deps, connectionId, changed);
  const touched = (kind: HintedKind): string[] => [...new Set([...after[kind], ...(placed.get(kind) ?? [])])];
  const opportunityIds = [...new Set([...touched('opportunity'), ...formerOpportunities])];
  const linked = (await registrationsOfOpportunities(deps.db, opportunityIds)).map(({ id }) => id);
  const registrationIds = [...new Set([...touched('registration'), ...linked])];
  const scope = { accountIds: touched('account'), opportunityIds, registrationIds };
  const changedRecords = { ...scope, leadIds: touched('lead') };
  const ownersFailure = await connectorFailure(readOwners(deps, { runId: null, connectionId }));
  await evaluateRegistrations(deps, progress, changedRecords);
  await planWrites(deps, { runId: null, connectionId, scope, urgent: false }, progress);
  return creatorsFailure ?? ownersFailure;
}

async function readCreatorsOf(deps: Deps, { connectionId, changed }: ApplyChangedInput): Promise<void> {
  const extIds = changed.filter(({ kind }) => kind === 'registration').flatMap((one) => one.extIds);
  if (extIds.length === 0) return;
  // An empty id stands for the whole object.
  const named = extIds.includes('') ? {} : { extIds };
  await readCreators(deps, { connectionId, runId: null, lane: 'hint', ...named });
}

/** Our ids of these records, by kind. Records that have not been placed are absent. */
async function recordIds(
  deps: Deps,
  connectionId: string,
  changed: readonly ChangedObject[],
): Promise<Readonly<Record<HintedKind, readonly string[]>>> {
  const found: Record<HintedKind, string[]> = {
    account: [],
    contact: [],
    product: [],
    opportunity: [],
    opportunity_line: [],
    lead: [],
    registration: [],
  };
  for (const { object, kind, extIds } of changed)
    found[kind].push(...(await linkedRecordIds(deps.db, connectionId, object, extIds)).values());
  return found;
}
