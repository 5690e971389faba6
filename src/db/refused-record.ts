/**
 * SQLSTATE classes for a value that cannot be stored: wrong data, a broken constraint, a limit such as the
 * size of an index row, a row that is in a statement twice; and an error that one of our triggers raises.
 */
const refusals = /^(?:21|22|23|54|P0001)/;

/** Errors of JavaScript that a value can cause, such as a date that does not exist. */
const failures: ReadonlySet<string> = new Set([
  'RangeError',
  'TypeError',
  'SyntaxError',
  'URIError',
  'AppError',
]);

/**
 * The reason, as a text, when the error was caused by a value of a record and would occur again. Null for an
 * error that has another cause, such as a lost connection, a deadlock or a missing column.
 */
export function refusedRecord(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const cause = 'query' in error && error.cause instanceof Error ? error.cause : error;
  if (cause.name === 'PostgresError')
    return 'code' in cause && refusals.test(String(cause.code))
      ? plain(String(cause.code), cause.message)
      : null;
  return failures.has(cause.name) && !('code' in cause && cause.name === 'TypeError') ? cause.message : null;
}

/**
 * Works on all items together. When the database refuses one of them, works on the halves, and so on until that
 * item is alone.
 *
 * @param together works on neighbours; `start` is the place of the first. It leaves nothing behind when it fails
 * @param alone called for an item that is refused, with the reason
 * @returns the results in the order of the items
 * @throws an error that no item caused
 */
export async function inHalves<Item, Result>(
  items: readonly Item[],
  together: (part: readonly Item[], start: number) => Promise<readonly Result[]>,
  alone: (item: Item, reason: string, error: unknown) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const work = async (part: readonly Item[], start: number): Promise<readonly Result[]> => {
    const [first] = part;
    if (first === undefined) return [];
    try {
      return await together(part, start);
    } catch (error) {
      const reason = refusedRecord(error);
      if (reason === null) throw error;
      if (part.length === 1) return alone(first, reason, error);
    }
    const middle = Math.ceil(part.length / 2);
    return [
      ...(await work(part.slice(0, middle), start)),
      ...(await work(part.slice(middle), start + middle)),
    ];
  };
  return work(items, 0);
}

const reasons: Readonly<Record<string, string>> = {
  '22003': 'a number is too large',
  '22007': 'a date or time cannot be stored',
  '22008': 'a date or time is too far away',
  '22021': 'a character cannot be stored',
  '22P05': 'a character cannot be stored',
  '54000': 'a text is too long for its index',
};

/** The database's own sentences are about types and indexes, and no admin knows those. */
function plain(code: string, message: string): string {
  return reasons[code] ?? message.slice(0, 200);
}
