import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import { personNames } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';

type Names = ReadonlyMap<string, string>;

/** The names of everybody who had to do with these versions. */
export function authorsOf({ db }: Pick<Deps, 'db'>, versions: readonly MappingVersion[]): Promise<Names> {
  const ids = versions.flatMap((one) =>
    [one.createdBy, one.updatedBy, one.submittedBy ?? [], one.decidedBy ?? []].flat(),
  );
  return personNames(db, ids);
}

export function versionAnswer(row: MappingVersion, names: Names) {
  const nameOf = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? null));
  const {
    version,
    status,
    basedOn,
    restores,
    note,
    revision,
    createdAt,
    updatedAt,
    submittedAt,
    decidedAt,
    decisionReason,
    retiredAt,
  } = row;
  return {
    ...{
      version,
      status,
      basedOn,
      restores,
      note,
      revision,
      createdAt,
      updatedAt,
      submittedAt,
      decidedAt,
      decisionReason,
      retiredAt,
    },
    createdBy: nameOf(row.createdBy),
    updatedBy: nameOf(row.updatedBy),
    submittedBy: nameOf(row.submittedBy),
    decidedBy: nameOf(row.decidedBy),
    dryRunAt: row.dryRunAt,
  };
}

/** The mapping Fairway comes with, as if it were a version: nobody made it, and nobody decided on it. */
export function shippedAnswer({ version }: MappingPack) {
  return {
    ...{ version, status: 'shipped' as const, basedOn: null, restores: null, note: null, revision: 1 },
    ...{
      createdBy: null,
      createdAt: null,
      updatedBy: null,
      updatedAt: null,
      submittedBy: null,
      submittedAt: null,
    },
    ...{ decidedBy: null, decidedAt: null, decisionReason: null, retiredAt: null, dryRunAt: null },
  };
}
