import { recordsByReference } from '#src/db/records/record-view.ts';
import { timelineOf, type TimelineCursor, type TimelineEntry } from '#src/db/records/timeline-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { entryLines } from './timeline-words.ts';

export const explainSync: Command = {
  arguments: [['<record>', 'its id in the CRM, its number (DR-2026-0001) or its id in Fairway']],
  options: [jsonOption],
  examples: ['sync explain DR-2026-0001', 'sync explain 0065f00000ABCDE --json'],
  async run(values, [text = '']) {
    return withDeps(async (deps) => {
      const records = await recordsByReference(deps.db, text);
      if (records.length === 0)
        throw new AppError(
          'not_found',
          `No record is named “${text}”. Perhaps it has not been read yet: npm run fairway -- sync status.`,
        );
      const found = await Promise.all(
        records.map(async (record) => ({ ...record, timeline: await wholeTimeline(deps, record.id) })),
      );
      if (values['json'] === true) console.log(JSON.stringify(found));
      else
        for (const { kind, id, name, timeline } of found)
          console.log([`${kind} ${name ?? ''} (${id})`, ...timelineLines(timeline)].join('\n'));
      return exitCodes.ok;
    });
  },
};

const pageSize = 200;

/** Oldest entry first. */
async function wholeTimeline({ db }: Deps, recordId: string): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let after: TimelineCursor | null = null; ;) {
    const page = await timelineOf(db, { recordId, after, limit: pageSize });
    entries.push(...page.entries);
    if (page.next === null) return entries.reverse();
    after = page.next;
  }
}

function timelineLines(timeline: readonly TimelineEntry[]): string[] {
  return timeline.length === 0
    ? ['  nothing has changed since it was first read']
    : timeline.flatMap(entryLines);
}
