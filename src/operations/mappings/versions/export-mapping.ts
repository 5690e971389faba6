import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { mappingTarget, packNumbered, type MappingQuery } from './mapping-target.ts';
import { packToYaml } from './pack-yaml.ts';

export interface MappingFile {
  readonly pack: MappingPack;
  /** The name of the file for git, for example `crm-emea.account.yaml`. */
  readonly name: string;
  readonly yaml: string;
}

/** A mapping as a YAML file. Without `version`: the live mapping. @throws AppError `not_found` */
export async function exportMapping(
  deps: Deps,
  { version, ...query }: MappingQuery & { readonly version?: number | undefined },
): Promise<MappingFile> {
  const target = await mappingTarget(deps, query);
  const pack = version === undefined ? target.inForce : await packNumbered(deps, target, version);
  if (pack === null)
    throw new AppError('not_found', `${target.place.object} is not mapped yet.`, { ...target.place });
  return { pack, name: fileNameOf(target.connection, pack.kind), yaml: packToYaml(pack) };
}

/** For the connection `CRM EMEA` and `account`: `crm-emea.account.yaml`. */
export function fileNameOf({ name }: Pick<Connection, 'name'>, kind: CanonicalKind): string {
  return `${slugOf(name)}.${kind}.yaml`;
}

export function slugOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'connection'
  );
}
