import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';

/** The last row of a page that is ordered by time: its instant as PostgreSQL printed it, and its id. */
export interface TimeCursor {
  readonly at: string;
  readonly id: string;
}

// SQL casts the text to an instant, so it is checked against the format that `encodeTimeCursor` sends.
const cursor = z.tuple([
  z.string().regex(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/),
  z.string().regex(/^[a-z]?[0-9a-f-]{1,36}$/),
]);

/** The result is opaque to clients. */
export function encodeTimeCursor({ at, id }: TimeCursor): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** @throws AppError `bad_request` for text that `encodeTimeCursor` did not make. */
export function decodeTimeCursor(text: string): TimeCursor {
  try {
    const [at, id] = cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { at, id };
  } catch (cause) {
    throw new AppError(
      'bad_request',
      'This page no longer exists. Start again from the first.',
      { cursor: text },
      cause,
    );
  }
}
