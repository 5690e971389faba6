import type { Deps } from '#src/deps.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { documentOf } from '#src/domain/program/document/program-of.ts';
import { programToYaml } from '#src/domain/program/document/yaml.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';
import { approveProgram, type PublishedProgram } from '#src/operations/program/decide-program.ts';
import { importProgram } from '#src/operations/program/import-program.ts';
import { addPerson } from '#test/support/people/people.ts';

/** The programme of a new installation as YAML, with changes. */
export function programText(changes: (document: ProgramDocument) => Partial<ProgramDocument>): string {
  const document = documentOf(defaultProgram);
  return programToYaml({ ...document, ...changes(document) });
}

export const withProtection = (days: number) =>
  programText(({ protection }) => ({ protection: { ...protection, days, expiryNoticeDays: [] } }));

/** Publishes a programme as two people do: one submits it, the other approves it. */
export async function publishProgram(
  deps: Deps,
  text: string,
  effectiveOn: string | null = null,
): Promise<PublishedProgram> {
  const author = await addPerson(deps, { name: 'Paula', role: 'ops' });
  const approver = await addPerson(deps, { name: 'Quentin', role: 'ops' });
  const imported = await importProgram(deps, { text, note: null, effectiveOn, personId: author.id });
  if (imported.did === 'nothing') throw new Error('The programme is the latest version already.');
  return approveProgram(deps, { draftId: imported.draftId, personId: approver.id });
}
