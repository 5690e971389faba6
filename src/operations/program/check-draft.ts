import type { ProgramDraft } from '#src/db/program/draft-store.ts';
import { AppError } from '#src/domain/errors.ts';
import { checkProgram } from '#src/domain/program/document/check.ts';
import { programHash, type ProgramDocument } from '#src/domain/program/document/document.ts';

/**
 * The checked document of a draft.
 *
 * @throws AppError `conflict` when its text has problems or one of its tests fails
 */
export function refuseProgramProblems({ text, hash }: Pick<ProgramDraft, 'text' | 'hash'>): ProgramDocument {
  const { document, problems } = checkProgram(text);
  if (document === null || problems.length > 0)
    throw new AppError('conflict', `This programme cannot be submitted yet.\n${problems.join('\n')}`, {
      problems,
    });
  if (programHash(document) !== hash)
    throw new AppError(
      'conflict',
      'This draft was saved by another version of Fairway, which has other settings. Save it again and submit it.',
    );
  return document;
}
