import { opportunitiesNamedBy, registrationsOfOpportunities } from '#src/db/sync/projection-store.ts';
import { linkedIds } from '#src/db/records/link-store.ts';
import type { Deps } from '#src/deps.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { hintedKinds, type HintedKind } from '#src/operations/hints/record-hints.ts';

/** Records of one object that were read again, by the vendor's ids. */
export interface ChangedObject {
  readonly object: string;
  readonly kind: HintedKind;
  readonly extIds: readonly string[];
}

export interface AnswerInput {
  readonly connectionId: string;
  readonly changed: readonly ChangedObject[];
}

/**
 * Lets a few changed records take effect without waiting for a run: places them, decides what hangs on them,
 * and plans what this CRM is told. Doing it again finds it done. Claims that are decided differently because
 * of them are told by a job of their own.
 */
export async function applyChangedRecords(
  deps: Deps,
  { connectionId, changed }: AnswerInput,
  progress: ReportProgress,
): Promise<void> {
  // A registration that moves to another deal, or goes, leaves this one behind.
  const left = await opportunitiesNamedBy(deps.db, (await ours(deps, connectionId, changed)).registration);
  const first = Math.min(...changed.map(({ kind }) => hintedKinds.indexOf(kind)));
  // Later kinds, too: some of them may have waited for what is placed now.
  const placed = await placeRecords(deps, null, progress, { connectionId, kinds: hintedKinds.slice(first) });
  const known = await ours(deps, connectionId, changed);
  const touched = (kind: HintedKind): string[] => [...new Set([...known[kind], ...(placed.get(kind) ?? [])])];
  const opportunityIds = [...new Set([...touched('opportunity'), ...left])];
  const speaking = (await registrationsOfOpportunities(deps.db, opportunityIds)).map(({ id }) => id);
  const registrationIds = [...new Set([...touched('registration'), ...speaking])];
  const scope = { accountIds: touched('account'), opportunityIds, registrationIds };
  await evaluateRegistrations(deps, progress, scope);
  await planWrites(deps, { runId: null, connectionId, scope, urgent: false }, progress);
}

/** Our ids of what was named; what has not been placed is absent. */
async function ours(
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
    registration: [],
  };
  for (const { object, kind, extIds } of changed)
    found[kind].push(...(await linkedIds(deps.db, connectionId, object, extIds)).values());
  return found;
}
