import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalValue } from '#src/domain/record.ts';
import { saveEdit } from '#src/operations/edits/edit-record.ts';

export interface RestoredField {
  readonly registrationId: string;
  /** The canonical name. */
  readonly field: string;
  readonly before: CanonicalValue;
  readonly now: CanonicalValue;
}

/**
 * Puts a value back as an edit made in Fairway, which is written to the CRM when the caller has relayed its job. False
 * when the mapping does not write it.
 */
export async function restoreField(
  deps: Deps,
  { registrationId, field, before, now }: RestoredField,
): Promise<boolean> {
  try {
    await saveEdit(deps, {
      kind: 'registration',
      id: registrationId,
      values: { [field]: before },
      expectedValues: { [field]: now },
      personId: null,
    });
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.warn({ registrationId, field, error: error.message }, 'not put back');
    return false;
  }
}
