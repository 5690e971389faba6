import { AppError } from '#src/domain/errors.ts';
import type { FormProblem } from '#src/domain/registrations/form/read-form.ts';
import type { Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import { refusalText } from '#src/domain/registrations/lifecycle/shown/refusal-text.ts';

/**
 * A refused command as an error. Its `refusal` is the answer’s `detail`: the reason, and what is possible instead. What
 * does not fit the form, or stands in the way of an opportunity, is in `fields`, a text for each field.
 */
export function refusalError({ code, ...refusal }: Refusal): AppError {
  const { problems, ...detail } = refusal;
  const message = messageOf(refusal.reason, refusal['by']);
  const found = formProblemsOf(problems);
  if (found.length === 0) return new AppError(code, message, { refusal: detail });
  const fields = Object.fromEntries(found.map(({ field, message: text }) => [field, text]));
  const sentences = found.map(({ field, message: text }) => `${field}: ${text}`).join(' ');
  const opening = refusal.reason === 'opportunity_not_created' ? message : 'Correct the registration.';
  return new AppError(code, `${opening} ${sentences}`, { refusal: detail, fields });
}

/** The problems that a refusal for the form names. */
export function formProblemsOf(problems: unknown): readonly FormProblem[] {
  return Array.isArray(problems) ? (problems as readonly FormProblem[]) : [];
}

function messageOf(reason: string, by: unknown): string {
  if (reason === 'decision_deferred' && typeof by === 'string')
    return `${by} has decided it and can still undo that. Read it again in some seconds.`;
  return refusalText(reason);
}
