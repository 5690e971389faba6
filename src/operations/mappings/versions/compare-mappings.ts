import { differenceOf, type Difference } from '#mappings/engine/pack/difference.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { openVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { mappingTarget, packNumbered, type MappingQuery, type MappingTarget } from './mapping-target.ts';

/** The live mapping, the open version (draft or submitted), or a version by its number. */
export type MappingSide = 'live' | 'draft' | number;

export interface CompareInput extends MappingQuery {
  readonly from: MappingSide;
  readonly to: MappingSide;
}

export interface Comparison extends Difference {
  /** Null when there is no live mapping. */
  readonly from: number | null;
  readonly to: number;
}

/** Describes the differences in sentences. @throws AppError `not_found` when `to` does not exist */
export async function compareMappings(deps: Deps, input: CompareInput): Promise<Comparison> {
  const { before, after } = await mappingSides(deps, input);
  return { from: before?.version ?? null, to: after.version, ...differenceOf(before, after) };
}

/** The two versions to compare. @throws AppError `not_found` when `to` does not exist */
export async function mappingSides(
  deps: Deps,
  { from, to, ...query }: CompareInput,
): Promise<{
  readonly target: MappingTarget;
  readonly before: MappingPack | null;
  readonly after: MappingPack;
}> {
  const target = await mappingTarget(deps, query);
  const before = await sideOf(deps, target, from);
  const after = await sideOf(deps, target, to);
  if (after === null)
    throw new AppError(
      'not_found',
      to === 'draft' ? 'There is no draft of this mapping.' : 'There is no live version of this mapping.',
      { to },
    );
  return { target, before, after };
}

async function sideOf(deps: Deps, target: MappingTarget, side: MappingSide): Promise<MappingPack | null> {
  if (side === 'live') return target.inForce;
  if (side === 'draft') return (await openVersion(deps.db, target.place))?.pack ?? null;
  return packNumbered(deps, target, side);
}
