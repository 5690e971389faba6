import type { ProgramDraft } from '#src/db/program/draft-store.ts';
import type { ProgramVersion } from '#src/db/program/program-store.ts';
import { programChanges } from '#src/domain/program/document/difference.ts';
import { requireProgramDocument } from '#src/domain/program/document/document.ts';
import type { ShownContent } from '#src/domain/shown-content.ts';
import { storedProgram } from './stored-program.ts';

/** The content that an approval or a rejection decides on: the programme, and its changes to the latest version. */
export function programShown(draft: ProgramDraft, latest: ProgramVersion): ShownContent {
  const changes =
    draft.document === null
      ? []
      : programChanges(storedProgram(latest).document, requireProgramDocument(draft.document));
  return {
    draft: `Draft of the programme, revision ${draft.revision}, ${draft.status}`,
    note: `Note: ${draft.note ?? 'none'}`,
    effectiveOn: `In force from ${draft.effectiveOn ?? 'the approval'} on`,
    content: `Content ${draft.hash?.slice(0, 12) ?? 'with problems'}`,
    latest: `Version ${latest.version} is the latest`,
    ...Object.fromEntries(changes.map(({ setting, sentence }) => [setting, sentence])),
  };
}
