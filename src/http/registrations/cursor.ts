import { z } from 'zod';
import type { RegistrationCursor, RegistrationOrder } from '#src/db/registrations/registration-view.ts';
import { instantText } from '#src/http/cursor.ts';
import { AppError } from '#src/domain/errors.ts';

// SQL casts the key to the type of its order, so it is checked against what `encodeCursor` sends for that order.
const score = z.string().regex(/^-?\d{1,9}$/);
const keys: Readonly<Record<RegistrationOrder, z.ZodType<string>>> = {
  due: instantText,
  oldest: instantText,
  newest: instantText,
  score,
};

/** The last row of a page; the result is opaque to clients. */
export function encodeCursor({ key, id }: RegistrationCursor): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url');
}

/** @throws AppError `bad_request` for text that `encodeCursor` did not make for this order. */
export function decodeCursor(text: string, order: RegistrationOrder): RegistrationCursor {
  try {
    const [key, id] = z
      .tuple([keys[order], z.uuid()])
      .parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
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
