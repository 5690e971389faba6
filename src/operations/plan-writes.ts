import { applyOutbound, changedFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connection-store.ts';
import { reportProblems, resolveUnseen, type NewProblem } from '#src/db/problem-store.ts';
import { recordsShowing, remoteStates, type RemoteState } from '#src/db/remote-store.ts';
import { saveIntents, supersedeIntents } from '#src/db/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor, tryMapping, usableConnections } from './connections.ts';
import type { ReportProgress } from './progress.ts';
import { isComplete, project, projectedKinds, recordsInScope, type ProjectedKind, type Projection, type Scope } from './projections.ts';

/**
 * Compares what each CRM says with what it should say, and records the difference as write intents: only fields that mean
 * something else, one pending intent a record. Where nothing differs, nothing is written.
 */
export async function planWrites(
  deps: Deps,
  input: { readonly runId: string | null; readonly scope: Scope },
  progress: ReportProgress,
): Promise<number> {
  let planned = 0;
  for (const kind of projectedKinds) {
    const projections = await project(deps.db, kind, input.scope);
    for (const connection of await usableConnections(deps)) {
      const mapping = await tryMapping(deps, connection, { kind, runId: input.runId });
      if (!mapping || mapping.outbound.length === 0) continue;
      const among = recordsInScope(kind, input.scope);
      const plan = { connection, mapping, kind, runId: input.runId, complete: isComplete(input.scope), among };
      planned += await planObject(deps, plan, projections);
      await progress({ label: `Comparing ${mapping.object} of ${connection.name}`, done: planned, total: null });
    }
  }
  return planned;
}

interface PlanInput {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly kind: ProjectedKind;
  readonly runId: string | null;
  /** Whether these are all projections there are, so that whatever else a record shows is out of date. */
  readonly complete: boolean;
  /** Else the records that may be out of date. */
  readonly among: readonly string[] | undefined;
}

async function planObject(deps: Deps, input: PlanInput, current: readonly Projection[]): Promise<number> {
  const { connection, mapping, kind, runId } = input;
  const began = deps.clock();
  return deps.db.transaction(async (tx) => {
    const projections = [...current, ...(await outdated(tx, input, current))];
    const where = { source: 'plan', connectionId: connection.id, object: mapping.object } as const;
    const states = new Map(
      (
        await remoteStates(
          tx,
          connection.id,
          mapping.object,
          projections.map((one) => one.recordId),
        )
      ).map((state) => [state.recordId, state]),
    );
    const accounts = kind === 'payout' ? await accountIds(deps, tx, connection, projections) : null;
    const settled: string[] = [];
    const problems: NewProblem[] = [];
    const intents = projections.flatMap((one) => {
      const state = states.get(one.recordId);
      const target = kind === 'payout' ? payoutTarget(mapping, one, state, accounts) : state && knownTarget(state, one.values);
      if (!target) return [];
      const { values, ...address } = target;
      const outbound = applyOutbound(mapping, values);
      problems.push(
        ...outbound.problems.map(({ field, code, message, fix }) => ({
          id: deps.ids(),
          ref: state?.extId ?? one.recordId,
          failure: { class: 'mapping' as const, code, message: `${field}: ${message}`, fix },
        })),
      );
      const fields = state ? changedFields(mapping, outbound.fields, state.fields) : outbound.fields;
      if (Object.keys(fields).length === 0) {
        settled.push(one.recordId);
        return [];
      }
      return [
        {
          id: deps.ids(),
          connectionId: connection.id,
          object: mapping.object,
          kind,
          recordId: one.recordId,
          ...address,
          fields,
          runId,
          createdAt: deps.clock(),
        },
      ];
    });
    await saveIntents(tx, intents);
    await supersedeIntents(tx, connection.id, mapping.object, settled, deps.clock());
    await reportProblems(tx, where, problems, deps.clock());
    if (input.complete) await resolveUnseen(tx, where, began, deps.clock());
    return intents.length;
  });
}

/** The field by which a record shows that Fairway speaks of it. */
const marks: Partial<Readonly<Record<ProjectedKind, string>>> = { account: 'tier', opportunity: 'registrationStatus' };

/** Records that show something nobody says any more: a registration was moved or deleted, an account stopped being a partner. */
async function outdated(tx: Db, { connection, mapping, kind, among }: PlanInput, current: readonly Projection[]): Promise<Projection[]> {
  const mark = mapping.outbound.find((field) => field.local === marks[kind])?.remote;
  if (mark === undefined) return [];
  const spokenOf = new Set(current.map((one) => one.recordId));
  const shared = new Set(mapping.twoWay);
  const nothing = Object.fromEntries(mapping.outbound.filter((field) => !shared.has(field)).map((field) => [field.local, null]));
  const showing = await recordsShowing(tx, connection.id, mapping.object, mark, among);
  return showing.filter((recordId) => !spokenOf.has(recordId)).map((recordId) => ({ recordId, values: nothing }));
}

/** Remote account ids in this connection, by ours. A partner that lives in another CRM is absent. */
async function accountIds(
  deps: Deps,
  tx: Db,
  connection: Connection,
  projections: readonly Projection[],
): Promise<ReadonlyMap<string, RemoteState>> {
  const object = packFor(deps, connection, 'account')?.object ?? '';
  const states = await remoteStates(tx, connection.id, object, [...new Set(projections.flatMap((one) => one.accountId ?? []))]);
  return new Map(states.map((state) => [state.recordId, state]));
}

function knownTarget({ extId }: RemoteState, values: Projection['values']) {
  return { operation: 'update' as const, extId, keyField: null, keyValue: null, values };
}

/** A payout is made by its key, so that making it twice makes one; once it is there it is known by its id, and its key may change. */
function payoutTarget(
  mapping: CompiledMapping,
  one: Projection,
  state: RemoteState | undefined,
  accounts: ReadonlyMap<string, RemoteState> | null,
) {
  const account = accounts?.get(one.accountId ?? '');
  const keyField = mapping.outbound.find((field) => field.local === 'key')?.remote;
  if (!account || !one.key || !keyField) return null;
  const values = { ...one.values, partner: account.extId };
  return state ? knownTarget(state, values) : { operation: 'upsert' as const, extId: null, keyField, keyValue: one.key, values };
}
