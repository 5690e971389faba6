import { recordsByReference } from '#src/db/records/record-view.ts';
import { timelineOf, type TimelineCursor, type TimelineEntry } from '#src/db/records/timeline-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from './subcommand.ts';
import { entryLines } from './timeline-words.ts';

export const explainSync: Subcommand = {
  usage: 'RECORD [--json]',
  summary:
    'Tells what happened to a record, named by its id in the CRM, our number or our id: what came, what won and why, what was sent.',
  options: ['json'],
  async run(values, [text]) {
    if (text === undefined)
      throw new AppError(
        'bad_request',
        'Say which record: its id in the CRM, its number (DR-2026-0001) or our id.',
      );
    return withDeps(async (deps) => {
      const records = await recordsByReference(deps.db, text);
      if (records.length === 0)
        throw new AppError(
          'not_found',
          `No record is named “${text}”. It may not have been read yet: npm run fairway -- sync status.`,
        );
      const told = await Promise.all(
        records.map(async (record) => ({ ...record, timeline: await wholeTimeline(deps, record.id) })),
      );
      if (values['json'] === true) console.log(JSON.stringify(told, null, 2));
      else
        for (const { kind, id, name, timeline } of told)
          console.log([`${kind} ${name ?? ''} (${id})`, ...story(timeline)].join('\n'));
      return 0;
    });
  },
};

const pageSize = 200;

/** The oldest first, as one reads a story. */
async function wholeTimeline({ db }: Deps, recordId: string): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let after: TimelineCursor | null = null; ;) {
    const page = await timelineOf(db, { recordId, after, limit: pageSize });
    entries.push(...page.entries);
    if (page.next === null) return entries.reverse();
    after = page.next;
  }
}

function story(timeline: readonly TimelineEntry[]): string[] {
  return timeline.length === 0
    ? ['  nothing has happened to it since it was first read']
    : timeline.flatMap(entryLines);
}
