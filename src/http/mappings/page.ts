import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { MappingProblem } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { lastDescription } from '#src/db/connections/connection-store.ts';
import { exampleOf } from '#src/db/mappings/mapping-view.ts';
import { openKinds, openVersion, versionsOf } from '#src/db/mappings/mapping-version-store.ts';
import type { Person } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { approvalBlocker } from '#src/domain/mappings/version-lifecycle.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { checkMapping, knownDescription } from '#src/operations/mappings/versions/check-mapping.ts';
import { type Drift, mappingDrift } from '#src/operations/mappings/drift/mapping-drift-shown.ts';
import {
  mappingTarget,
  type MappingQuery,
  type MappingTarget,
} from '#src/operations/mappings/versions/mapping-target.ts';
import { liveMappingShown, openMappingShown } from '#src/operations/mappings/versions/mapping-shown.ts';
import { may } from '#src/http/permissions.ts';
import { ourFieldAnswers, remoteFieldAnswers, transformAnswers } from './field-answers.ts';
import { authorsOf, shippedVersionAnswer, versionAnswer } from './version-answer.ts';

/** The page of one mapping: the fields of both sides, the live version, the open one and the history. */
export async function mappingPageAnswer(deps: Deps, query: MappingQuery, person: Person) {
  const target = await mappingTarget(deps, query);
  const { connection, place, shipped } = target;
  const description = await descriptionFor(deps, target, person);
  const [example, versions, open, kinds, drifts] = await Promise.all([
    exampleOf(deps.db, place.connectionId, place.object),
    versionsOf(deps.db, place),
    openVersion(deps.db, place),
    openKinds(deps.db, place.connectionId, place.object),
    mappingDrift(deps, place.connectionId),
  ]);
  const mappedKinds = packsOf(deps, connection)
    .filter((pack) => pack.object === place.object)
    .map((pack) => pack.kind);
  const names = await authorsOf(deps, versions);
  const check: Check = async (pack) => {
    if (!description) return { pack, problems: [], warnings: [] };
    const { problems, warnings } = await checkMapping(deps, connection, pack, description);
    return { pack, problems: [...problems], warnings: [...warnings] };
  };
  const blocker = open && approvalBlockerFor(open, person);
  return {
    connection: { id: connection.id, name: connection.name, system: connection.kind },
    object: place.object,
    objectLabel: description?.label ?? place.object,
    kind: place.kind,
    kinds: [...new Set([...mappedKinds, ...kinds])],
    live: await liveAnswer(target, versions, names, check),
    open: open && {
      ...versionAnswer(open, names),
      ...(await check(open.pack)),
      mayApprove: blocker === null,
      approvalBlocker: blocker,
      shown: openMappingShown(open, target.inForce),
    },
    liveShown: liveMappingShown(target.inForce),
    remoteFields: description ? remoteFieldAnswers(description, example) : [],
    ourFields: ourFieldAnswers(place.kind, (open?.pack ?? target.inForce)?.extra ?? []),
    transforms: transformAnswers,
    drift: driftAnswer(drifts, place),
    history: [
      ...versions.map((row) => versionAnswer(row, names)),
      ...(shipped ? [shippedVersionAnswer(shipped)] : []),
    ],
  };
}

/**
 * The description of the object at the vendor. Only people who may change a mapping cause a call to the vendor;
 * the others see the last description, or null if there is none.
 */
async function descriptionFor(
  deps: Deps,
  { connection, place }: MappingTarget,
  { role }: Person,
): Promise<ObjectDescription | null> {
  if (may(role, 'draft_mappings')) return knownDescription(deps, connection, place.object);
  return (await lastDescription(deps.db, connection.id, place.object))?.description ?? null;
}

type Problems = MappingProblem[];
type Check = (pack: MappingPack) => Promise<{ pack: MappingPack; problems: Problems; warnings: Problems }>;

async function liveAnswer(
  { inForce, place }: MappingTarget,
  versions: Awaited<ReturnType<typeof versionsOf>>,
  names: Awaited<ReturnType<typeof authorsOf>>,
  check: Check,
) {
  if (inForce?.object !== place.object) return null;
  const row = versions.find((one) => one.status === 'live');
  const version = row
    ? { ...versionAnswer(row, names), custom: true }
    : { ...shippedVersionAnswer(inForce), custom: false };
  return { ...version, ...(await check(inForce)) };
}

export function driftAnswer(
  drifts: readonly Drift[],
  { object, kind }: Pick<MappingTarget['place'], 'object' | 'kind'>,
) {
  const found = drifts.find((one) => one.object === object && one.kind === kind);
  if (!found) return null;
  return { findings: [...found.findings], foundAt: found.foundAt, checkedAt: found.checkedAt };
}

/** The reason why this person may not approve the version; null when they may. */
function approvalBlockerFor(
  open: Parameters<typeof approvalBlocker>[0] & { readonly status: string },
  { id, role }: Person,
): string | null {
  if (open.status === 'draft') return 'It has not been submitted for approval.';
  if (!may(role, 'approve_mappings')) return `Your role (${role}) does not approve mappings.`;
  return approvalBlocker(open, id);
}
