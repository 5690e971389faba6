import type { Connector } from '#connectors/contract/connector.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription } from '#connectors/contract/records.ts';
import { compileMapping, type CompiledMapping, type MappingProblem } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Db } from '#src/db/client.ts';
import {
  invalidateDescriptions,
  lastDescription,
  saveDescription,
  type Connection,
} from '#src/db/connections/connection-store.ts';
import { findDrift, saveDrift, type MappingDrift } from '#src/db/mappings/drift-store.ts';
import type { Deps } from '#src/deps.ts';
import { contentHash } from '#src/domain/content-hash.ts';
import { raiseAlert } from '#src/operations/alerts/raise-alert.ts';
import { driftBetween, raisesAlert } from './drift-findings.ts';

/**
 * A stored description of an object is used for this long. It must be renewed even when the mapping fits,
 * because a CRM may return a deleted field as empty instead of reporting an error.
 */
const maxAgeMs = 3_600_000;
/** The same while some fields of the mapping do not fit, because somebody may be correcting them. */
const maxAgeOfMisfitMs = 15 * 60_000;

/** A live mapping without the fields that do not fit. */
export interface LiveMapping extends CompiledMapping {
  /** Fairway's fields that are not synced since the vendor's object has changed. They keep their values. */
  readonly skippedFields?: readonly string[];
  /** The vendor's fields that the integration user has never seen; all others are synced. */
  readonly hiddenFields?: readonly string[];
}

/** A live mapping as it can be applied now, and the reasons why some of its fields are skipped. */
export interface FittingMapping {
  readonly mapping: LiveMapping;
  readonly misfits: readonly MappingProblem[];
}

/**
 * Compiles a live mapping against the description of its object, which is fetched once an hour and after a
 * field was found missing. A mapping that has fitted before is applied without the fields that no longer fit;
 * the change is stored and raises an alert. A mapping that has never fitted goes on without the fields that the
 * vendor does not show, unless one of them is needed; otherwise it is refused.
 *
 * @throws ConnectorError (class `mapping`) naming every field that does not fit, and its fix
 */
export async function loadLiveMapping(
  deps: Deps,
  connection: Connection,
  connector: Connector,
  pack: MappingPack,
): Promise<FittingMapping> {
  const known = await knownFit(deps, connection, pack);
  const ageMs = known ? deps.clock().getTime() - known.describedAt.getTime() : Infinity;
  if (known && ageMs < (known.misfits.length > 0 ? maxAgeOfMisfitMs : maxAgeMs)) return known;
  const fixFor = (field: string): string | null =>
    connector.role === 'crm' ? (connector.hiddenFieldFix?.(pack.object, field) ?? null) : null;
  return storeDescription(deps, connection, { pack, fixFor }, await connector.describe(pack.object));
}

/** The same from the stored description; null when there is none, or it must be fetched again. */
export async function knownFit(
  deps: Pick<Deps, 'db'>,
  connection: Connection,
  pack: MappingPack,
): Promise<(FittingMapping & { readonly describedAt: Date }) | null> {
  const known = await lastDescription(deps.db, connection.id, pack.object);
  if (!known || known.outdated) return null;
  const { description, describedAt } = known;
  const compiled = compileMapping(pack, description);
  if (compiled.ok) return { mapping: compiled.mapping, misfits: [], describedAt };
  const drift = await findDrift(deps.db, placeOf(connection, pack));
  // A field that this version reads may be newer than the description, so only a new one shows that it is hidden.
  const fitting = drift?.version === pack.version ? withoutMisfits(pack, description) : null;
  return fitting && { ...fitting, describedAt };
}

const placeOf = ({ id: connectionId }: Connection, { object, kind }: MappingPack) => ({
  connectionId,
  object,
  kind,
});

/**
 * Stores the object's description and the drift findings that follow from it.
 *
 * @throws ConnectorError when the mapping has never fitted this object, or cannot work without a missing field
 */
async function storeDescription(
  deps: Deps,
  connection: Connection,
  { pack, fixFor }: { readonly pack: MappingPack; readonly fixFor: FixForHidden },
  description: ObjectDescription,
): Promise<FittingMapping> {
  const at = deps.clock();
  const compiled = compileMapping(pack, description);
  const fitting = await deps.db.transaction(async (tx) => {
    const before = await lastDescription(tx, connection.id, pack.object);
    await saveDescription(tx, connection.id, description, at);
    const drift = await findDrift(tx, placeOf(connection, pack));
    const baseline = baselineOf(pack, drift, before?.description ?? null, compiled.ok ? description : null);
    if (!baseline) return withoutHidden(pack, description);
    await storeDrift(deps, tx, connection, { pack, baseline, description, drift, fixFor });
    return compiled.ok ? { mapping: compiled.mapping, misfits: [] } : withoutMisfits(pack, description);
  });
  if (fitting) return fitting;
  await invalidateDescriptions(deps.db, connection.id);
  throw misfit(pack, compiled.ok ? [] : compiled.problems, fixFor);
}

/** The first description that this mapping version fitted. Drift is measured from it. */
function baselineOf(
  pack: MappingPack,
  drift: MappingDrift | null,
  before: ObjectDescription | null,
  now: ObjectDescription | null,
): ObjectDescription | null {
  if (drift?.version === pack.version) return drift.baseline;
  return before && compileMapping(pack, before).ok ? before : now;
}

/** The error code for a mapping that cannot be applied. */
export const misfitCode = 'mapping_does_not_fit';

/** What an admin does in the vendor's system to show a field to us; null when the vendor has no such setting. */
type FixForHidden = (remoteField: string) => string | null;

function misfit(
  pack: MappingPack,
  problems: readonly MappingProblem[],
  fixFor: FixForHidden,
): ConnectorError {
  // The mapping goes on without other hidden fields, so the fix is about those that it needs.
  const stopping = problems.some(({ field }) => needed.has(field))
    ? problems.filter(({ code, field }) => code !== hiddenCode || needed.has(field))
    : problems;
  const hidden = stopping.flatMap(({ code, path }) => (code === hiddenCode ? [remoteAt(pack, path)] : []));
  const [first] = hidden.filter((name) => name !== null);
  return new ConnectorError({
    class: 'mapping',
    code: misfitCode,
    message: stopping.map((problem) => `${problem.field}: ${problem.message}`).join('; '),
    fix:
      (first === undefined ? null : fixFor(first)) ??
      stopping[0]?.fix ??
      'Open Mappings and correct the fields named here.',
  });
}

const hiddenCode = 'remote_field_missing';

function remoteAt(pack: MappingPack, path: string): string | null {
  return pack.fields[Number(/^fields\[(\d+)\]/.exec(path)?.[1] ?? NaN)]?.remote ?? null;
}

/** Without it no account is a partner, and nothing can be decided. */
const needed: ReadonlySet<string> = new Set(['isPartner']);

/**
 * The mapping without the fields that the vendor does not show, which a permission may hide from us. Null when
 * something else does not fit, or a needed field is hidden.
 */
function withoutHidden(pack: MappingPack, description: ObjectDescription): FittingMapping | null {
  const fitting = withoutMisfits(pack, description);
  if (!fitting?.misfits.every(({ code, field }) => code === hiddenCode && !needed.has(field))) return null;
  const shown = new Set(description.fields.map(({ name }) => name));
  const skipped = new Set(fitting.mapping.skippedFields);
  const hiddenFields = pack.fields.flatMap(({ local, remote }) =>
    skipped.has(local) && !shown.has(remote) ? [remote] : [],
  );
  return { ...fitting, mapping: { ...fitting.mapping, hiddenFields } };
}

/** Removing one field can make another one misfit. A mapping that needs more rounds than this is refused. */
const maxRounds = 3;

/** The mapping without the fields that do not fit; null when it cannot work without one of them. */
export function withoutMisfits(pack: MappingPack, description: ObjectDescription): FittingMapping | null {
  const misfits: MappingProblem[] = [];
  const skippedFields: string[] = [];
  let rest = pack;
  for (let round = 0; round < maxRounds; round += 1) {
    const compiled = compileMapping(rest, description);
    if (compiled.ok) return { mapping: { ...compiled.mapping, skippedFields }, misfits };
    const misfitIndexes = new Set(
      compiled.problems.map(({ path }) => Number(/^fields\[(\d+)\]/.exec(path)?.[1] ?? NaN)),
    );
    const skipped = rest.fields.filter((_, index) => misfitIndexes.has(index)).map((field) => field.local);
    const fields = rest.fields.filter((_, index) => !misfitIndexes.has(index));
    if (skipped.length === 0 || fields.length === 0) return null;
    misfits.push(...compiled.problems);
    skippedFields.push(...skipped);
    rest = { ...rest, fields };
  }
  return null;
}

interface DriftInput {
  readonly pack: MappingPack;
  readonly baseline: ObjectDescription;
  readonly description: ObjectDescription;
  readonly drift: MappingDrift | null;
  readonly fixFor: FixForHidden;
}

/** Stores the findings and raises one alert for each new set of them. */
async function storeDrift(
  deps: Deps,
  tx: Db,
  connection: Connection,
  { pack, baseline, description, drift, fixFor }: DriftInput,
): Promise<void> {
  const at = deps.clock();
  const findings = driftBetween(pack, baseline, description).map((finding) => {
    const shown = finding.change === 'deleted' ? fixFor(finding.remote) : null;
    return shown === null ? finding : { ...finding, fix: `${finding.fix} ${shown}` };
  });
  const alerted = findings.filter(raisesAlert);
  const alertHash =
    alerted.length === 0
      ? null
      : contentHash(alerted.map(({ change, remote, message }) => [change, remote, message]));
  const same = drift?.version === pack.version && drift.alertHash === alertHash;
  const foundAt = alertHash === null ? null : same ? drift.foundAt : at;
  await saveDrift(tx, {
    ...placeOf(connection, pack),
    version: pack.version,
    baseline,
    findings,
    alertHash,
    foundAt,
    checkedAt: at,
  });
  if (alertHash === null || same) return;
  const changes = alerted.map(({ message, fix }) => `${message} ${fix}`).join(' ');
  await raiseAlert(deps, tx, {
    connectionId: connection.id,
    state: 'drift',
    message: `${connection.name}: ${changes}`,
  });
}
