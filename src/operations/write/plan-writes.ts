import type { RemoteFields } from '#connectors/contract/records.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { reportProblems, resolveUnseen, type NewProblem } from '#src/db/sync/problem-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveIntents, supersedeIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { tryMapping, usableConnections } from '#src/operations/connections/use-connection.ts';
import { dropRevertedEdits } from '#src/operations/edits/pending-edits.ts';
import { reportMissingFields } from './report-missing-fields.ts';
import { draftWrites, isWrite, type PlannedObject, type WriteDraft } from './draft-writes.ts';
import { logOverwrittenEdits } from './log-overwritten-edits.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { isComplete, projectedKinds, type ProjectedKind, type Scope } from './values/decided-values.ts';
import { recordsToPlan, desiredValues, installedFields, type ProjectedObject } from './desired-values.ts';

export interface PlanWritesInput {
  /** Null outside a run. Such writes are sent before the writes of runs. */
  readonly runId: string | null;
  readonly scope: Scope;
  /** Limits the plan to one CRM. */
  readonly connectionId?: string;
  /** True for a person's decision, which is sent first. Default: true outside a run. */
  readonly urgent?: boolean;
}

/**
 * Compares the values in each CRM with the desired values and stores the differences as write intents: only
 * fields whose meaning differs, and one pending intent per record. A two-way field is written only while it has
 * an edit that is not in the CRM yet. Returns the number of planned writes.
 */
export async function planWrites(
  deps: Deps,
  input: PlanWritesInput,
  progress: ReportProgress,
): Promise<number> {
  const { connectionId, runId, scope, urgent = runId === null } = input;
  let planned = 0;
  for (const kind of projectedKinds) {
    for (const connection of await usableConnections(deps)) {
      if (connectionId !== undefined && connection.id !== connectionId) continue;
      const mapping = await tryMapping(deps, connection, { kind, runId });
      if (!mapping || mapping.outbound.length === 0) continue;
      await planObject(deps, { connection, mapping, kind, runId, scope, urgent }, async (count) => {
        planned += count;
        await progress({
          label: `Comparing ${mapping.object} of ${connection.name}`,
          done: planned,
          total: null,
        });
      });
    }
  }
  return planned;
}

interface PlanInput extends PlannedObject {
  readonly scope: Scope;
}

/** An object of a connection, as the values that it should have are worked out. */
export function projectedObject(
  { config, packs, clock }: Pick<Deps, 'config' | 'packs' | 'clock'>,
  { connection, mapping, kind }: Pick<PlannedObject, 'connection' | 'mapping' | 'kind'>,
): ProjectedObject {
  const installed = installedFields({ packs }, connection.kind, kind);
  return {
    connectionId: connection.id,
    consoleUrl: config.publicUrl,
    now: clock(),
    mapping,
    kind,
    installed,
  };
}

/** Records per transaction. They are in memory together, and no other job places or edits them meanwhile. */
const recordsAtOnce = 1_000;

async function planObject(
  deps: Deps,
  input: PlanInput,
  onPlanned: (count: number) => Promise<void>,
): Promise<void> {
  const { scope } = input;
  const began = deps.clock();
  const object = projectedObject(deps, input);
  const recordIds = await recordsToPlan(deps.db, object, scope);
  for (let start = 0; start < recordIds.length; start += recordsAtOnce) {
    await onPlanned(await planPart(deps, input, recordIds.slice(start, start + recordsAtOnce)));
  }
  if (!isComplete(scope)) return;
  await reportMissingFields(deps, input);
  await resolveUnseen(deps.db, problemsOf(input), began, deps.clock());
}

async function planPart(deps: Deps, input: PlanInput, recordIds: readonly string[]): Promise<number> {
  const drafts = await deps.db.transaction(async (tx) => {
    // Without the lock, an older plan could be stored after a newer one.
    await lockObject(tx, input.connection.id, input.mapping.object);
    return planRecords(deps, tx, input, recordIds);
  });
  return drafts.filter(isWrite).length;
}

/**
 * Plans the writes of these records in the caller's transaction, under `lockObject`. Returns the drafts, so
 * that a dry run can report them after it has rolled the transaction back. Records that this CRM does not hold
 * are left out.
 *
 * @param recordIds Fairway's ids
 */
export async function planRecords(
  deps: Deps,
  tx: Db,
  input: PlannedObject,
  recordIds: readonly string[],
): Promise<readonly WriteDraft[]> {
  const object = projectedObject(deps, input);
  await dropRevertedEdits(tx, object, recordIds);
  const drafts = await draftWrites(deps, tx, input, await desiredValues(tx, object, recordIds));
  const writes = drafts.filter(isWrite);
  await logOverwrittenEdits(deps, tx, input, writes);
  await saveIntents(
    tx,
    writes.map((draft) => intentOf(deps, input, draft)),
  );
  await supersedeIntents(
    tx,
    object.connectionId,
    object.mapping.object,
    drafts.filter((draft) => !isWrite(draft)).map((draft) => draft.recordId),
    deps.clock(),
  );
  await reportDraftProblems(deps, tx, input, drafts);
  return drafts;
}

function intentOf(
  deps: Deps,
  { connection, mapping, kind, runId, urgent }: PlannedObject,
  { recordId, state, address, fields, base, evidence }: WriteDraft,
) {
  return {
    id: deps.ids(),
    connectionId: connection.id,
    object: mapping.object,
    kind,
    recordId,
    ...address,
    fields,
    base,
    evidence,
    parent: parentOf(mapping, kind, { ...state?.fields, ...fields }),
    urgent,
    mappingVersion: mapping.version,
    runId,
    createdAt: deps.clock(),
  };
}

/**
 * The references to the record that the vendor locks while it writes a record of the kind. The first one with
 * a value counts.
 */
const parents: Readonly<Record<ProjectedKind, readonly string[]>> = {
  account: [],
  opportunity: ['account'],
  registration: ['opportunity', 'partner'],
  payout: ['partner'],
};

function parentOf(mapping: CompiledMapping, kind: ProjectedKind, fields: RemoteFields): string | null {
  for (const reference of parents[kind]) {
    const remote =
      [...mapping.inbound, ...mapping.outbound].find((field) => field.local === reference)?.remote ?? '';
    const parent = fields[remote];
    if (typeof parent === 'string' && parent !== '') return parent;
  }
  return null;
}

function problemsOf({ connection, mapping }: PlannedObject) {
  return { source: 'plan', connectionId: connection.id, object: mapping.object } as const;
}

async function reportDraftProblems(
  deps: Deps,
  tx: Db,
  input: PlannedObject,
  drafts: readonly WriteDraft[],
): Promise<void> {
  const problems = drafts.flatMap(({ recordId, state, problems: found }) =>
    found.map(({ field, code, message, fix }): NewProblem => {
      return {
        id: deps.ids(),
        ref: state?.extId ?? recordId,
        failure: { class: 'mapping', code, message: `${field}: ${message}`, fix },
      };
    }),
  );
  await reportProblems(tx, problemsOf(input), problems, deps.clock());
}
