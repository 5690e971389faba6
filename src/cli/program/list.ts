import { exitCodes, jsonOption, printResult, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { openProgramDraft } from '#src/db/program/draft-store.ts';
import { listPrograms, type ProgramVersion } from '#src/db/program/program-store.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';

export const listProgramVersions: Command = {
  options: [jsonOption],
  examples: ['program list'],
  async run(values) {
    return withDeps(async (deps) => {
      const { version: inForce } = await currentProgram(deps);
      const versions = await listPrograms(deps.db);
      const open = await openProgramDraft(deps.db);
      const rows = versions.map(({ version, name, hash, publishedAt, effectiveOn }) => ({
        version,
        name,
        hash,
        publishedAt,
        effectiveOn,
        inForce: version === inForce,
      }));
      const draft = open && { status: open.status, basedOn: open.basedOn, effectiveOn: open.effectiveOn };
      printResult(values, { versions: rows, open: draft }, [
        ...versions.map((one) => versionLine(one, inForce)),
        ...(draft ? [draftLine(draft)] : []),
      ]);
      return exitCodes.ok;
    });
  },
};

function versionLine({ version, name, hash, effectiveOn }: ProgramVersion, inForce: number): string {
  const from = effectiveOn === null ? 'from the beginning' : `from ${effectiveOn}`;
  return `${version}  ${name}, ${from}, content ${hash.slice(0, 12)}${version === inForce ? ', in force' : ''}`;
}

function draftLine({
  status,
  basedOn,
  effectiveOn,
}: {
  readonly status: string;
  readonly basedOn: number;
  readonly effectiveOn: string | null;
}): string {
  const what = status === 'draft' ? 'A draft' : 'A programme that waits for approval';
  return `${what}, begun from version ${basedOn}, in force from ${effectiveOn ?? 'the approval'} on`;
}
