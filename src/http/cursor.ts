import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';

/** The last row of a page that is ordered by time: its instant as PostgreSQL printed it, and its id. */
export interface TimeCursor {
  readonly at: string;
  readonly id: string;
}

/**
 * An instant as PostgreSQL prints it in UTC. SQL casts it back, so the day and the time must exist, too.
 */
export const instantText = z
  .string()
  .regex(/^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/)
  .refine((text) => z.iso.datetime().safeParse(text.replace(' ', 'T').replace('+00', 'Z')).success);

/** The id of an entry of a timeline: a letter for its kind, and the id of its row. */
const entryId = z.string().regex(/^[a-z]?[0-9a-f-]{1,36}$/);

/** The result is opaque to clients. */
export function encodeTimeCursor({ at, id }: TimeCursor): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/**
 * @param idSchema the form of the ids of the listed rows
 * @throws AppError `bad_request` for text that `encodeTimeCursor` did not make.
 */
export function decodeTimeCursor(text: string, idSchema: z.ZodType<string> = entryId): TimeCursor {
  try {
    const [at, id] = z
      .tuple([instantText, idSchema])
      .parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
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
