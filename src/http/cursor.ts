import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';

/** Where a page of something ordered by time ended: the instant as PostgreSQL wrote it, and the row's id. */
export interface TimeCursor {
  readonly at: string;
  readonly id: string;
}

// The instant goes into a cast in SQL, so it must look like what was sent out.
const cursor = z.tuple([
  z.string().regex(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/),
  z.string().regex(/^[a-z]?[0-9a-f-]{1,36}$/),
]);

/** Opaque to callers. */
export function encodeTimeCursor({ at, id }: TimeCursor): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** Throws `bad_request` for anything `encodeTimeCursor` did not make. */
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
