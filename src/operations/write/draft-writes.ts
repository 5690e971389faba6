/** The writes that records need, before they are stored. */
import type { RemoteFields } from '#connectors/contract/records.ts';
import { applyOutbound, changedFields, type Outbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { opportunitiesToCreate } from '#src/db/registrations/lifecycle/new-opportunity-store.ts';
import { opportunitiesToName } from '#src/db/registrations/lifecycle/opportunity-store.ts';
import { remoteStates, type RemoteState } from '#src/db/sync/remote-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import type { ProjectedKind } from './values/decided-values.ts';
import { linesToWrite, onlyOut, type DesiredRecord } from './desired-values.ts';
import type { PlannedWrite } from './log-overwritten-edits.ts';
import {
  creationKey,
  creationMapping,
  creationProblems,
  linkingMapping,
  newRegistrations,
  type NewRegistration,
} from './new-registrations.ts';
import { newOpportunityRecord } from './new-opportunities.ts';
import type { Projection } from './values/projection.ts';

/** One object of one CRM, and how its writes are sent. */
export interface PlannedObject {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly kind: ProjectedKind;
  readonly runId: string | null;
  readonly urgent: boolean;
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
  /** What the record of a registration shows of the rules when this is written. */
  readonly evidence: string | null;
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
 * Leaves out records that this CRM does not hold: a late write must not create a deleted record again. Payouts,
 * registrations that no CRM has, and opportunities of conversions are created.
 */
export async function draftWrites(
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
  const absent = ids.filter((id) => !states.has(id));
  const created = await newRegistrations(deps, tx, connection.id, kind === 'registration' ? absent : []);
  const opened = await opportunitiesToCreate(tx, connection.id, kind === 'opportunity' ? absent : []);
  const links =
    kind === 'registration' ? await opportunitiesToName(tx, connection.id, ids) : new Map<string, string>();
  return desired.flatMap((one) => {
    const state = states.get(one.recordId) ?? null;
    const given = created.get(one.recordId);
    if (given !== undefined) return [newRecord(mapping, one, given)];
    const values = opened.get(one.recordId);
    if (values !== undefined) return [newOpportunity(mapping, one, values)];
    const target =
      kind === 'payout'
        ? payoutTarget(mapping, one, state, accounts)
        : state && knownTarget(state, one.values);
    if (!target) return [];
    const opportunity = links.get(one.recordId);
    const written = opportunity === undefined ? mapping : linkingMapping(mapping);
    const shown = opportunity === undefined ? target.values : { ...target.values, opportunity };
    const lines = linesToWrite(written, { values: shown, known: one.known });
    const { fields, problems } = applyOutbound(lines.mapping, lines.values, state?.fields);
    const changed = state ? changedFields(written, fields, state.fields) : fields;
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
        evidence: one.evidence ?? null,
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

/** The write that creates the record of a registration, or what stands in its way. */
function newRecord(
  mapping: CompiledMapping,
  { recordId, values: decided, evidence }: Projection,
  given: NewRegistration,
): WriteDraft {
  const values = { ...given.values, ...decided };
  const outbound = applyOutbound(creationMapping(mapping), values);
  const refused = creationProblems(mapping, { ...given, values }, outbound);
  const problems = refused.length > 0 ? refused : outbound.problems;
  const fields = refused.length > 0 ? {} : outbound.fields;
  const draft = { keyField: creationKey(mapping) ?? '', fields, problems };
  return creationDraft({ recordId, evidence }, draft);
}

/** The write that creates an opportunity for a registration that was converted without one. */
function newOpportunity(
  mapping: CompiledMapping,
  { recordId, values: decided, evidence }: Projection,
  given: CanonicalValues,
): WriteDraft {
  return creationDraft({ recordId, evidence }, newOpportunityRecord(mapping, { ...decided, ...given }));
}

function creationDraft(
  { recordId, evidence }: { readonly recordId: string; readonly evidence: string | undefined },
  { keyField, fields, problems }: Outbound & { readonly keyField: string },
): WriteDraft {
  const address: Address = { operation: 'upsert', extId: null, keyField, keyValue: '' };
  const base = Object.fromEntries(Object.keys(fields).map((field) => [field, null]));
  return {
    recordId,
    state: null,
    address: withWrittenKey(address, fields),
    fields,
    base,
    problems,
    evidence: evidence ?? null,
  };
}
