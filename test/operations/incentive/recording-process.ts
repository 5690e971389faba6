/**
 * Records the events of a file one by one, from the first that the books do not have, and calculates after each.
 * A test kills it. Arguments: the id of the books and the file with raw events.
 */
import { readFile } from 'node:fs/promises';
import { readEvents } from '#src/cli/cases/incentive-event-case.ts';
import { loadConfig } from '#src/config/config.ts';
import { newestEvent } from '#src/db/ledger/book-store.ts';
import { buildDeps } from '#src/deps.ts';
import { calculateBooks } from '#src/operations/incentive/books/calculate-books.ts';
import { recordEvents, type RecordedEvent } from '#src/operations/incentive/books/record-events.ts';

const [, , bookId = '', file = ''] = process.argv;
const events = readEvents(JSON.parse(await readFile(file, 'utf8')) as unknown[], 'USD') as RecordedEvent[];
const env = process.env;
await using deps = await buildDeps(
  loadConfig(env, { dir: env['FAIRWAY_DIR'] ?? '' }),
  env['DATABASE_URL'] ?? '',
);
const { seq } = await newestEvent(deps.db, bookId);
for (const event of events.slice(seq)) {
  await recordEvents(deps, { bookId, events: [event] });
  process.stdout.write('recorded\n');
  await calculateBooks(deps, { bookId });
}
