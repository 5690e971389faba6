import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import { personNames } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';

type Names = ReadonlyMap<string, string>;

/** The names of the people who created, changed, submitted or decided these versions, by id. */
export function authorsOf({ db }: Pick<Deps, 'db'>, versions: readonly MappingVersion[]): Promise<Names> {
  const ids = versions.flatMap((one) => [one.createdBy, one.updatedBy, one.submittedBy, one.decidedBy]);
  return personNames(
    db,
    ids.filter((id) => id !== null),
  );
}

export function versionAnswer(row: MappingVersion, names: Names) {
  const nameOf = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? null));
  return {
    version: row.version,
    status: row.status,
    basedOn: row.basedOn,
    restores: row.restores,
    note: row.note,
    revision: row.revision,
    createdBy: nameOf(row.createdBy),
    createdAt: row.createdAt,
    updatedBy: nameOf(row.updatedBy),
    updatedAt: row.updatedAt,
    submittedBy: nameOf(row.submittedBy),
    submittedAt: row.submittedAt,
    decidedBy: nameOf(row.decidedBy),
    decidedAt: row.decidedAt,
    decisionReason: row.decisionReason,
    retiredAt: row.retiredAt,
    dryRunAt: row.dryRunAt,
  };
}

/** The mapping Fairway comes with, in the shape of a version. No person created it or decided on it. */
export function shippedVersionAnswer({ version }: MappingPack) {
  return {
    version,
    status: 'shipped' as const,
    basedOn: null,
    restores: null,
    note: null,
    revision: 1,
    createdBy: null,
    createdAt: null,
    updatedBy: null,
    updatedAt: null,
    submittedBy: null,
    submittedAt: null,
    decidedBy: null,
    decidedAt: null,
    decisionReason: null,
    retiredAt: null,
    dryRunAt: null,
  };
}
