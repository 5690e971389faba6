import { latestJob } from '#src/db/jobs/job-store.ts';
import {
  countOutcomes,
  findImport,
  rowOutcomes,
  type ImportRowOutcome,
} from '#src/db/registrations/import-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { importKey } from './start-import.ts';

export interface ShownRows {
  /** Only rows after this line. */
  readonly after: number;
  readonly limit: number;
  readonly result?: ImportRowOutcome['result'] | undefined;
  /** The person who asks and sees only their imports; absent for one who sees all. */
  readonly personId?: string | undefined;
}

/** @throws AppError `not_found` */
export async function showImport(deps: Deps, importId: string, { limit, personId, ...which }: ShownRows) {
  const found = await findImport(deps.db, importId);
  if (found === null || (personId !== undefined && personId !== found.personId))
    throw new AppError('not_found', 'There is no such import.', { importId });
  const counts = await countOutcomes(deps.db, importId);
  const page = await rowOutcomes(deps.db, importId, { ...which, limit: limit + 1 });
  const shown = page.slice(0, limit);
  const job = found.finishedAt === null ? await latestJob(deps.db, importKey(importId)) : null;
  const state = found.finishedAt !== null ? 'done' : job?.status === 'failed' ? 'failed' : 'running';
  return {
    id: found.id,
    fileName: found.fileName,
    isPreview: found.isPreview,
    state,
    rows: found.rows,
    done: [...counts.values()].reduce((sum, one) => sum + one, 0),
    counts: {
      created: counts.get('created') ?? 0,
      updated: counts.get('updated') ?? 0,
      same: counts.get('same') ?? 0,
      refused: counts.get('refused') ?? 0,
    },
    outcomes: shown.map(({ line, result, registrationId, problems, preview }) => ({
      line,
      result,
      registrationId,
      problems: problems.map((problem) => ({ ...problem })),
      preview: preview && {
        ...preview,
        steps: preview.steps.map(({ name, people }) => ({ name, people: [...people] })),
      },
    })),
    /** `after` of the next page; null on the last one. */
    next: page.length > limit ? (shown.at(-1)?.line ?? null) : null,
  } as const;
}
