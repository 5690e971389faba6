import { AppError } from '#src/domain/errors.ts';
import type { Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import { refusalText } from '#src/domain/registrations/lifecycle/shown/refusal-text.ts';

/** A refused command as an error. Its `refusal` is the answer’s `detail`: the reason, and what is possible instead. */
export function refusalError({ code, ...refusal }: Refusal): AppError {
  return new AppError(code, refusalText(refusal.reason), { refusal });
}
