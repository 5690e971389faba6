import { AppError } from './errors.ts';

/**
 * The content of a page that a person decides on: a sentence for each part, under a key that stays the
 * same when the part changes. A decision sends it back, so that people decide only on what they have seen.
 */
export type ShownContent = Readonly<Record<string, string>>;

/** A part that differs; null where it did not exist. */
export interface ContentChange {
  readonly before: string | null;
  readonly now: string | null;
}

/** The parts that differ, in the order in which they are shown now; parts that are gone come last. */
export function contentChanges(shown: ShownContent, current: ShownContent): ContentChange[] {
  const before = new Map(Object.entries(shown));
  const now = new Map(Object.entries(current));
  const keys = [...now.keys(), ...[...before.keys()].filter((key) => !now.has(key))];
  return keys
    .map((key) => ({ before: before.get(key) ?? null, now: now.get(key) ?? null }))
    .filter((change) => change.before !== change.now);
}

/** The number of changes that a message names; `changes` of the error has all of them. */
const namedChanges = 3;

/**
 * Refuses a decision on content that the person has not seen.
 *
 * @param shown what the person's page showed; undefined where a program decides and shows nothing
 * @throws AppError `conflict` with the changes
 */
export function refuseUnseen(shown: ShownContent | undefined, current: ShownContent): void {
  if (shown === undefined) return;
  const changes = contentChanges(shown, current);
  if (changes.length === 0) return;
  const named = changes.slice(0, namedChanges).map(({ before, now }) => {
    if (before === null) return `New: ${now}.`;
    return now === null ? `Gone: ${before}.` : `${now} (before: ${before}).`;
  });
  const rest = changes.length - named.length;
  const more = rest > 0 ? ` And ${rest} more.` : '';
  throw new AppError(
    'conflict',
    `This has changed since you opened it. ${named.join(' ')}${more} Check the page as it is now and decide again.`,
    { changes },
  );
}
