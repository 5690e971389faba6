import {
  findProgram,
  insertProgram,
  latestProgram,
  listPrograms,
  programInForce,
} from '#src/db/program/program-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { programHash } from '#src/domain/program/document/document.ts';
import { documentOf } from '#src/domain/program/document/program-of.ts';
import { firstDay, periodOf } from '#src/domain/period.ts';
import { storedProgram, type StoredProgram } from './stored-program.ts';

/** The programme in force now. When none has been published, the default is stored as version 1. */
export async function currentProgram(deps: Pick<Deps, 'db' | 'clock'>): Promise<StoredProgram> {
  return programAt(deps.db, deps.clock());
}

/** The programme in force at an instant. */
export async function programAt(db: Db, at: Date): Promise<StoredProgram> {
  const found = await programInForce(db, at);
  if (found) return storedProgram(found);
  const document = documentOf(defaultProgram);
  await insertProgram(db, {
    version: 1,
    name: document.name,
    body: document,
    hash: programHash(document),
    publishedAt: at,
  });
  return programAt(db, at);
}

/** These versions, in any order. */
export async function programsByVersions(db: Db, versions: readonly number[]): Promise<StoredProgram[]> {
  const found = await Promise.all([...new Set(versions)].map((version) => findProgram(db, version)));
  return found.flatMap((version) => (version === null ? [] : [storedProgram(version)]));
}

/** The programmes whose tiers and rates count in each month. */
export interface ProgramMonths {
  /** The first month (`YYYY-MM`) in which a document may earn something. */
  readonly firstPeriod: string;
  readonly programOf: (period: string) => StoredProgram;
}

/**
 * The programme of each month: the newest version that was in force on its first day. So neither a tier nor a rate
 * changes within a month, and a new version changes nothing that was earned before it.
 */
export async function programMonths(deps: Pick<Deps, 'db' | 'clock'>): Promise<ProgramMonths> {
  const current = await currentProgram(deps);
  const newestFirst = (await listPrograms(deps.db)).toReversed();
  const starts = [current, ...newestFirst.map(storedProgram)].map(({ program }) => program.startsOn);
  const programOf = (period: string) => {
    const found = newestFirst.find(
      ({ effectiveOn }) => effectiveOn === null || effectiveOn <= firstDay(period),
    );
    return found === undefined ? current : storedProgram(found);
  };
  return { firstPeriod: periodOf(starts.toSorted()[0] ?? current.program.startsOn), programOf };
}

/** The version with the highest number, which may begin later than now. */
export async function latestStoredProgram(deps: Pick<Deps, 'db' | 'clock'>): Promise<StoredProgram> {
  const current = await currentProgram(deps);
  const latest = await latestProgram(deps.db);
  return latest === null ? current : storedProgram(latest);
}

/** @throws AppError `not_found` */
export async function numberedProgram(
  deps: Pick<Deps, 'db' | 'clock'>,
  version: number,
): Promise<StoredProgram> {
  await currentProgram(deps);
  const found = await findProgram(deps.db, version);
  if (found) return storedProgram(found);
  throw new AppError('not_found', `There is no version ${version} of the programme.`, { version });
}
