import type { RemoteFields } from '#connectors/contract/crm.ts';
import { applyOutbound, changedFields, type Outbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { reportProblems, resolveUnseen, type NewProblem } from '#src/db/sync/problem-store.ts';
import { lockObject, remoteStates, type RemoteState } from '#src/db/sync/remote-store.ts';
import { saveIntents, supersedeIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor, tryMapping, usableConnections } from '#src/operations/connections/use-connection.ts';
import { dropRevertedEdits } from '#src/operations/edits/pending-edits.ts';
import { logOverwrittenEdits, type PlannedWrite } from './log-overwritten-edits.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import {
  isComplete,
  projectedKinds,
  type ProjectedKind,
  type Projection,
  type Scope,
} from './decided-values.ts';
import { linesToWrite, recordsToPlan, desiredValues, type Wanted } from './desired-values.ts';

export interface PlanWritesInput {
  /** Null outside a run: then what is planned goes out before what runs plan. */
  readonly runId: string | null;
  readonly scope: Scope;
  /** Limits the plan to one CRM. */
  readonly connectionId?: string;
  /**
   * A person has decided it, and it goes out before everything else. Default: whether it is planned outside a
   * run.
   */
  readonly urgent?: boolean;
}

/**
 * Compares what each CRM says with what it should say, and records the difference as write intents: only
 * fields that mean something else, one pending intent a record. Where nothing differs, nothing is written. A
 * field that both sides may change is written only while somebody has edited it here.
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

/** One object of one CRM, and for whom it is planned. */
export interface PlannedObject {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly kind: ProjectedKind;
  readonly runId: string | null;
  readonly urgent: boolean;
}

interface PlanInput extends PlannedObject {
  readonly scope: Scope;
}

/**
 * A part's records and all that is known of them are in memory together, and nobody else places or edits them
 * meanwhile.
 */
const recordsAtOnce = 1_000;

async function planObject(
  deps: Deps,
  input: PlanInput,
  onPlanned: (count: number) => Promise<void>,
): Promise<void> {
  const { connection, mapping, kind, scope } = input;
  const began = deps.clock();
  const recordIds = await recordsToPlan(deps.db, { connectionId: connection.id, mapping, kind }, scope);
  for (let start = 0; start < recordIds.length; start += recordsAtOnce) {
    await onPlanned(await planSome(deps, input, recordIds.slice(start, start + recordsAtOnce)));
  }
  if (isComplete(scope)) await resolveUnseen(deps.db, problemsOf(input), began, deps.clock());
}

async function planSome(deps: Deps, input: PlanInput, recordIds: readonly string[]): Promise<number> {
  const drafts = await deps.db.transaction(async (tx) => {
    // What is wanted is read under the lock, or of two plans the one that knows less could be the one that
    // stays.
    await lockObject(tx, input.connection.id, input.mapping.object);
    return planRecords(deps, tx, input, recordIds);
  });
  return drafts.filter(isWrite).length;
}

/**
 * Plans some records in the caller's transaction, under `lockObject`, and tells what it has planned: a
 * transaction that is taken back afterwards leaves only that. By our ids; records that this CRM does not hold
 * are left out.
 */
export async function planRecords(
  deps: Deps,
  tx: Db,
  input: PlannedObject,
  recordIds: readonly string[],
): Promise<readonly Draft[]> {
  const { connection, mapping, kind } = input;
  const object = { connectionId: connection.id, mapping, kind };
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
    connection.id,
    mapping.object,
    drafts.filter((draft) => !isWrite(draft)).map((draft) => draft.recordId),
    deps.clock(),
  );
  await keepProblems(deps, tx, input, drafts);
  return drafts;
}

export function isWrite({ fields }: Draft): boolean {
  return Object.keys(fields).length > 0;
}

/** What one record's write would be; nothing is to be written where `fields` is empty. */
export interface Draft extends PlannedWrite {
  readonly address: Address;
  /** What stands in these fields; of edited ones, what was agreed. One that nobody has read yet is absent. */
  readonly base: RemoteFields;
  readonly problems: Outbound['problems'];
}

type Address =
  | { readonly operation: 'update'; readonly extId: string; readonly keyField: null; readonly keyValue: null }
  | {
      readonly operation: 'upsert';
      readonly extId: null;
      readonly keyField: string;
      readonly keyValue: string;
    };

/**
 * Records that this CRM does not hold, or that are gone from it, are left out: a late write must not revive
 * what was deleted.
 */
async function draftWrites(
  deps: Deps,
  tx: Db,
  input: PlannedObject,
  projections: readonly Wanted[],
): Promise<readonly Draft[]> {
  const { connection, mapping, kind } = input;
  const ids = projections.map((one) => one.recordId);
  const states = new Map(
    (await remoteStates(tx, connection.id, mapping.object, ids)).map((state) => [state.recordId, state]),
  );
  const accounts = kind === 'payout' ? await accountIds(deps, tx, connection, projections) : null;
  return projections.flatMap((one) => {
    const state = states.get(one.recordId) ?? null;
    const target =
      kind === 'payout'
        ? payoutTarget(mapping, one, state, accounts)
        : state && knownTarget(state, one.values);
    if (!target) return [];
    const lines = linesToWrite(mapping, { values: target.values, known: one.known });
    const { fields, problems } = applyOutbound(lines.mapping, lines.values);
    const changed = state ? changedFields(mapping, fields, state.fields) : fields;
    const agreed: RemoteFields = { ...state?.fields, ...one.base };
    const base = Object.fromEntries(
      Object.keys(changed).flatMap((field) =>
        state && agreed[field] === undefined ? [] : [[field, agreed[field] ?? null]],
      ),
    );
    return [
      {
        recordId: one.recordId,
        state,
        address: asWritten(target.address, fields),
        fields: changed,
        base,
        problems,
      },
    ];
  });
}

/** The key by which a record is made is the one that is written into it, whatever steps it went through. */
function asWritten(address: Address, fields: Outbound['fields']): Address {
  if (address.operation === 'update') return address;
  const key = fields[address.keyField];
  return typeof key === 'string' ? { ...address, keyValue: key } : address;
}

function intentOf(
  deps: Deps,
  { connection, mapping, kind, runId, urgent }: PlannedObject,
  { recordId, state, address, fields, base }: Draft,
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
    parent: parentOf(mapping, kind, { ...state?.fields, ...fields }),
    urgent,
    mappingVersion: mapping.version,
    runId,
    createdAt: deps.clock(),
  };
}

/**
 * Our references to the record whose lock the vendor takes to write one of these; the first that is set
 * counts.
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

async function keepProblems(
  deps: Deps,
  tx: Db,
  input: PlannedObject,
  drafts: readonly Draft[],
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

/** Remote account ids in this connection, by ours. A partner that lives in another CRM is absent. */
async function accountIds(
  deps: Deps,
  tx: Db,
  connection: Connection,
  projections: readonly Projection[],
): Promise<ReadonlyMap<string, RemoteState>> {
  const object = packFor(deps, connection, 'account')?.object ?? '';
  const states = await remoteStates(tx, connection.id, object, [
    ...new Set(projections.flatMap((one) => one.accountId ?? [])),
  ]);
  return new Map(states.map((state) => [state.recordId, state]));
}

interface Target {
  readonly address: Address;
  readonly values: Projection['values'];
}

function knownTarget({ extId }: RemoteState, values: Projection['values']): Target {
  return { address: { operation: 'update', extId, keyField: null, keyValue: null }, values };
}

/**
 * A payout is made by its key, so that making it twice makes one; once it is there it is known by its id, and
 * its key may change.
 */
function payoutTarget(
  mapping: CompiledMapping,
  one: Projection,
  state: RemoteState | null,
  accounts: ReadonlyMap<string, RemoteState> | null,
): Target | null {
  const account = accounts?.get(one.accountId ?? '');
  const keyField = mapping.outbound.find((field) => field.local === 'key')?.remote;
  if (!account || !one.key || !keyField) return null;
  const values = { ...one.values, partner: account.extId };
  if (state) return knownTarget(state, values);
  return { address: { operation: 'upsert', extId: null, keyField, keyValue: one.key }, values };
}
