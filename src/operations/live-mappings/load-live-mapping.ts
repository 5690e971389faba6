import { ConnectorError, type Connector, type ObjectDescription } from '#connectors/contract/crm.ts';
import { compileMapping, type CompiledMapping, type MappingProblem } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Db } from '#src/db/client.ts';
import {
  forgetDescriptions,
  lastDescription,
  saveDescription,
  type Connection,
} from '#src/db/connections/connection-store.ts';
import { findDrift, saveDrift, type MappingDrift } from '#src/db/mappings/drift-store.ts';
import type { Deps } from '#src/deps.ts';
import { contentHash } from '#src/domain/sync/hash.ts';
import { raiseAlert } from '#src/operations/alerts/raise-alert.ts';
import { driftBetween, isTrouble } from './drift-findings.ts';

/**
 * How long what an object looks like is believed while its mapping fits: HubSpot shows a field that is gone
 * as empty, without a word …
 */
const believedMs = 3_600_000;
/** … and while it does not fit whole: somebody may be mending it. */
const doubtedMs = 15 * 60_000;

/** A mapping that is live, as far as it fits. */
export interface LiveMapping extends CompiledMapping {
  /** Our fields it does without since the vendor's object has changed: they stay as they are. */
  readonly leftOut?: readonly string[];
}

/** A live mapping as it can be applied now. */
export interface FittingMapping {
  readonly mapping: LiveMapping;
  /** Why some of its fields do not flow; empty almost always. */
  readonly left: readonly MappingProblem[];
}

/**
 * A live mapping held against what its object looks like, which is asked for once an hour and after a field
 * turned out to be missing. A mapping that has fitted once goes on without the fields that do not any more,
 * and what changed is kept and told; one that never fitted is refused whole.
 *
 * @throws ConnectorError (class `mapping`) naming every misfit and its fix
 */
export async function loadLiveMapping(
  deps: Deps,
  connection: Connection,
  connector: Connector,
  pack: MappingPack,
): Promise<FittingMapping> {
  const known = await knownFit(deps, connection, pack);
  const ageMs = known ? deps.clock().getTime() - known.describedAt.getTime() : Infinity;
  if (known && ageMs < (known.left.length > 0 ? doubtedMs : believedMs)) return known;
  return noteDescription(deps, connection, pack, await connector.describe(pack.object));
}

/** The same without asking the vendor; null when that is needed. */
export async function knownFit(
  deps: Pick<Deps, 'db'>,
  connection: Connection,
  pack: MappingPack,
): Promise<(FittingMapping & { readonly describedAt: Date }) | null> {
  const known = await lastDescription(deps.db, connection.id, pack.object);
  if (!known || known.outdated) return null;
  const { description, describedAt } = known;
  const compiled = compileMapping(pack, description);
  if (compiled.ok) return { mapping: compiled.mapping, left: [], describedAt };
  const drift = await findDrift(deps.db, placeOf(connection, pack));
  const fitting = drift?.version === pack.version ? withoutMisfits(pack, description) : null;
  return fitting && { ...fitting, describedAt };
}

const placeOf = ({ id: connectionId }: Connection, { object, kind }: MappingPack) => ({
  connectionId,
  object,
  kind,
});

/**
 * Keeps what an object looks like now, and what that does to its mapping. Told once each time something else
 * is wrong.
 *
 * @throws ConnectorError when the mapping has never fitted this object, or cannot do without what is gone
 */
async function noteDescription(
  deps: Deps,
  connection: Connection,
  pack: MappingPack,
  description: ObjectDescription,
): Promise<FittingMapping> {
  const at = deps.clock();
  const compiled = compileMapping(pack, description);
  const fitting = await deps.db.transaction(async (tx) => {
    const before = await lastDescription(tx, connection.id, pack.object);
    await saveDescription(tx, connection.id, description, at);
    const drift = await findDrift(tx, placeOf(connection, pack));
    const baseline = baselineOf(pack, drift, before?.description ?? null, compiled.ok ? description : null);
    if (!baseline) return null;
    await noteDrift(deps, tx, connection, { pack, baseline, description, drift });
    return compiled.ok ? { mapping: compiled.mapping, left: [] } : withoutMisfits(pack, description);
  });
  if (fitting) return fitting;
  await forgetDescriptions(deps.db, connection.id);
  throw misfit(compiled.ok ? [] : compiled.problems);
}

/** What this version is compared with: what it was first held against and fitted. */
function baselineOf(
  pack: MappingPack,
  drift: MappingDrift | null,
  before: ObjectDescription | null,
  now: ObjectDescription | null,
): ObjectDescription | null {
  if (drift?.version === pack.version) return drift.baseline;
  return before && compileMapping(pack, before).ok ? before : now;
}

/** What a mapping that cannot be applied is refused with. */
export const misfitCode = 'mapping_does_not_fit';

function misfit(problems: readonly MappingProblem[]): ConnectorError {
  return new ConnectorError({
    class: 'mapping',
    code: misfitCode,
    message: problems.map((problem) => `${problem.field}: ${problem.message}`).join('; '),
    fix: problems[0]?.fix ?? 'Open Mappings and correct the fields named here.',
  });
}

/**
 * One field can leave another without what it needs: more rounds than that mean that nothing is left to do
 * without.
 */
const rounds = 3;

/** The mapping without the lines that do not fit; null when it cannot do without one of them. */
export function withoutMisfits(pack: MappingPack, description: ObjectDescription): FittingMapping | null {
  const left: MappingProblem[] = [];
  const leftOut: string[] = [];
  let rest = pack;
  for (let round = 0; round < rounds; round += 1) {
    const compiled = compileMapping(rest, description);
    if (compiled.ok) return { mapping: { ...compiled.mapping, leftOut }, left };
    const misfits = new Set(
      compiled.problems.map(({ path }) => Number(/^fields\[(\d+)\]/.exec(path)?.[1] ?? NaN)),
    );
    const gone = rest.fields.filter((_, index) => misfits.has(index)).map((field) => field.local);
    const fields = rest.fields.filter((_, index) => !misfits.has(index));
    if (gone.length === 0 || fields.length === 0) return null;
    left.push(...compiled.problems);
    leftOut.push(...gone);
    rest = { ...rest, fields };
  }
  return null;
}

interface Held {
  readonly pack: MappingPack;
  readonly baseline: ObjectDescription;
  readonly description: ObjectDescription;
  readonly drift: MappingDrift | null;
}

async function noteDrift(
  deps: Deps,
  tx: Db,
  connection: Connection,
  { pack, baseline, description, drift }: Held,
): Promise<void> {
  const at = deps.clock();
  const findings = driftBetween(pack, baseline, description);
  const troubles = findings.filter(isTrouble);
  const told =
    troubles.length === 0
      ? null
      : contentHash(troubles.map(({ change, remote, says }) => [change, remote, says]));
  const same = drift?.version === pack.version && drift.told === told;
  const foundAt = told === null ? null : same ? drift.foundAt : at;
  await saveDrift(tx, {
    ...placeOf(connection, pack),
    version: pack.version,
    baseline,
    findings,
    told,
    foundAt,
    checkedAt: at,
  });
  if (told === null || same) return;
  const message = `${connection.name}: ${troubles.map(({ says, fix }) => `${says} ${fix}`).join(' ')}`;
  await raiseAlert(deps, tx, { connectionId: connection.id, state: 'drift', message });
}
