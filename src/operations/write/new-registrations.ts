/** Registrations that were submitted outside the CRMs, and the records that they get there. */
import { applyInbound, type FieldProblem, type Outbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping, InboundField, OutboundField } from '#mappings/engine/compiled-mapping.ts';
import type { Db } from '#src/db/client.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { registrationsWithoutRecord } from '#src/db/registrations/lifecycle/crm-record-store.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalFields, type CanonicalValue, type CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { canonicalRecords } from '#src/operations/records/canonical-values.ts';

/** The field by which a new record is found again, so that a repeated write creates it once. */
const keyField = 'number';

/** A registration that gets a record. */
export interface NewRegistration {
  readonly values: CanonicalValues;
  readonly isNumberUsed: boolean;
}

/**
 * The records to create in one CRM, by our ids: those of registrations that no CRM has, where this is
 * the CRM of their partner. The oldest connection counts when several CRMs have the partner.
 */
export async function newRegistrations(
  deps: Pick<Deps, 'db' | 'packs'>,
  tx: Db,
  connectionId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NewRegistration>> {
  if (ids.length === 0) return new Map();
  const crms = (await listConnections(tx)).filter((connection) => packFor(deps, connection, 'registration'));
  const missing = await registrationsWithoutRecord(
    tx,
    connectionId,
    crms.map(({ id }) => id),
    ids,
  );
  if (missing.length === 0) return new Map();
  const terms = await canonicalRecords(
    tx,
    'registration',
    missing.map(({ id }) => id),
  );
  return new Map(
    missing.map(({ id, submittedAt, isNumberUsed, ...references }) => {
      const values = { ...terms.get(id)?.values, ...references, submittedAt: submittedAt.toISOString() };
      return [id, { values, isNumberUsed }];
    }),
  );
}

/** The vendor's name of the key field. Null when the mapping reads the number in a way that cannot be written. */
export function creationKey(mapping: CompiledMapping): string | null {
  return readLines(mapping).find(({ local }) => local === keyField)?.remote ?? null;
}

/** The mapping with the lines by which a new record gets the values that are only read later. */
export function creationMapping(mapping: CompiledMapping): CompiledMapping {
  return { ...mapping, outbound: [...mapping.outbound, ...readLines(mapping).map(asWritten)] };
}

const writtenOnce: ReadonlySet<string> = new Set([
  keyField,
  'partner',
  'opportunity',
  'currency',
  'submittedAt',
]);

/** The mapping with the line by which the record of a registration gets the opportunity that was linked in Fairway. */
export function linkingMapping(mapping: CompiledMapping): CompiledMapping {
  const line = readLines(mapping).find(({ local }) => local === 'opportunity');
  return line === undefined ? mapping : { ...mapping, outbound: [...mapping.outbound, asWritten(line)] };
}

function readLines({ inbound, outbound }: CompiledMapping): readonly InboundField[] {
  const written = new Set(outbound.map(({ local }) => local));
  return inbound.filter(({ local }) => writtenOnce.has(local) && !written.has(local));
}

function asWritten({ local, remote, read }: InboundField): OutboundField {
  return {
    local,
    remote,
    read,
    write: (value) => value,
    type: typeOf(local),
    required: false,
    policy: 'fairway',
    length: null,
    scale: null,
    contentKind: 'code',
    values: null,
    choicesByType: new Map(),
    multiple: false,
    gathering: null,
    steps: [],
    target: 'text',
  };
}

function typeOf(local: string): OutboundField['type'] {
  const fields: Readonly<Record<string, { readonly type: OutboundField['type'] }>> =
    canonicalFields.registration;
  return fields[local]?.type ?? 'text';
}

/**
 * What a reader of the new record would not find. A value that is read back in another way would count as an edit in
 * the CRM, and change the registration.
 */
export function creationProblems(
  mapping: CompiledMapping,
  { values, isNumberUsed }: NewRegistration,
  { fields, problems }: Outbound,
): readonly FieldProblem[] {
  if (creationKey(mapping) === null) return [noKey];
  if (isNumberUsed) return [numberUsed];
  const refused = problems.filter(({ severity }) => severity === 'error');
  if (refused.length > 0) return refused;
  const back = applyInbound(mapping, fields);
  if (back.filtered) return [leftOut];
  const terms = new Set([...writtenOnce, ...mapping.twoWay.map(({ local }) => local)]);
  return mapping.inbound
    .filter(({ local }) => terms.has(local) && !isSame(local, values[local], back.values[local]))
    .map(({ local, remote }) => ({
      field: local,
      code: 'created_differently',
      message: `${String(values[local])} would be read back from ${remote} as ${String(back.values[local] ?? 'nothing')}, so no record is created.`,
      fix: `Correct the line of ${local} in the mapping, or shorten the value.`,
      severity: 'error',
    }));
}

function isSame(
  local: string,
  ours: CanonicalValue | undefined,
  theirs: CanonicalValue | undefined,
): boolean {
  return sameValue(ours ?? null, theirs ?? null, typeOf(local));
}

const noKey: FieldProblem = {
  field: keyField,
  code: 'created_without_key',
  message:
    'No line of the mapping reads the number, by which a new record is found again, so none is created.',
  fix: 'Add a line that reads the number from the field for registration numbers.',
  severity: 'error',
};

const numberUsed: FieldProblem = {
  field: keyField,
  code: 'number_used',
  message: 'Another registration has the same number, so no record is created that would replace it.',
  fix: 'Withdraw this registration, and submit it with another number or with none.',
  severity: 'error',
};

const leftOut: FieldProblem = {
  field: 'filter',
  code: 'created_differently',
  message: 'The filter of the mapping leaves out the record of this registration, so none is created.',
  fix: 'Change the filter, so that it takes registrations that were submitted outside the CRM.',
  severity: 'error',
};
