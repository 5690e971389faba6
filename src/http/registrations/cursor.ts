import { z } from 'zod';
import type { RegistrationCursor } from '#src/db/registrations/registration-view.ts';
import { AppError } from '#src/domain/errors.ts';

// SQL casts the key, so it is checked against the formats that `encodeCursor` sends: an instant or a number.
const cursor = z.tuple([
  z.string().regex(/^(-?\d{1,9}|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00)$/),
  z.uuid(),
]);

/** The last row of a page; the result is opaque to clients. */
export function encodeCursor({ key, id }: RegistrationCursor): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url');
}

/** @throws AppError `bad_request` for text that `encodeCursor` did not make. */
export function decodeCursor(text: string): RegistrationCursor {
  try {
    const [key, id] = cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { key, id };
  } catch (cause) {
    throw new AppError(
      'bad_request',
      'This page no longer exists. Start again from the first.',
      { cursor: text },
      cause,
    );
  }
}
