import type { RemoteFields } from '#connectors/contract/records.ts';
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
import { reportMissingFields } from './report-missing-fields.ts';
import { logOverwrittenEdits, type PlannedWrite } from './log-overwritten-edits.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { isComplete, projectedKinds, type ProjectedKind, type Scope } from './decided-values.ts';
import type { Projection } from './projection.ts';
import {
  linesToWrite,
  recordsToPlan,
  desiredValues,
  onlyOut,
  installedFields,
  type DesiredRecord,
  type ProjectedObject,
} from './desired-values.ts';

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

/** One object of one CRM, and how its writes are sent. */
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

export function isWrite({ fields }: WriteDraft): boolean {
  return Object.keys(fields).length > 0;
}

/** The planned write of one record. Empty `fields` mean that there is nothing to write. */
export interface WriteDraft extends PlannedWrite {
  readonly address: Address;
  /**
   * Current values of these fields and of those that only Fairway writes; for edited fields the last synced
   * values. Fields never read are absent.
   */
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

/** Leaves out records that this CRM does not hold: a late write must not create a deleted record again. */
async function draftWrites(
  deps: Deps,
  tx: Db,
  input: PlannedObject,
  desired: readonly DesiredRecord[],
): Promise<readonly WriteDraft[]> {
  const { connection, mapping, kind } = input;
  const ids = desired.map((one) => one.recordId);
  const states = new Map(
    (await remoteStates(tx, connection.id, mapping.object, ids)).map((state) => [state.recordId, state]),
  );
  const accounts = kind === 'payout' ? await accountIds(deps, tx, connection, desired) : null;
  return desired.flatMap((one) => {
    const state = states.get(one.recordId) ?? null;
    const target =
      kind === 'payout'
        ? payoutTarget(mapping, one, state, accounts)
        : state && knownTarget(state, one.values);
    if (!target) return [];
    const lines = linesToWrite(mapping, { values: target.values, known: one.known });
    const { fields, problems } = applyOutbound(lines.mapping, lines.values, state?.fields);
    const changed = state ? changedFields(mapping, fields, state.fields) : fields;
    const known: RemoteFields = { ...state?.fields, ...one.base };
    // With the fields that need no write, a later edit of them is recognised as one.
    const onlyWritten = Object.keys(changed).length === 0 ? [] : onlyOut(mapping).outbound;
    const compared = [...Object.keys(changed), ...onlyWritten.map(({ remote }) => remote)];
    const base = Object.fromEntries(
      compared.flatMap((field) =>
        known[field] !== undefined ? [[field, known[field]]] : state ? [] : [[field, null]],
      ),
    );
    return [
      {
        recordId: one.recordId,
        state,
        address: withWrittenKey(target.address, fields),
        fields: changed,
        base,
        problems,
      },
    ];
  });
}

/** The upsert key must equal the key field as it is written, after its transformations. */
function withWrittenKey(address: Address, fields: Outbound['fields']): Address {
  if (address.operation === 'update') return address;
  const key = fields[address.keyField];
  return typeof key === 'string' ? { ...address, keyValue: key } : address;
}

function intentOf(
  deps: Deps,
  { connection, mapping, kind, runId, urgent }: PlannedObject,
  { recordId, state, address, fields, base }: WriteDraft,
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

/** The accounts' states in this connection, by Fairway's ids. A partner of another CRM is absent. */
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
 * A payout is created by its key, so that a repeated write creates it only once. Afterwards it is addressed by
 * its id, and its key may change.
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
