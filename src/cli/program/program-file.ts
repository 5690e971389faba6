import { readFile } from 'node:fs/promises';
import { UsageError } from '#src/cli/command.ts';
import { requireChecked } from '#src/domain/program/document/check.ts';
import type { ProgramDocument } from '#src/domain/program/document/document.ts';

export const fileArgument = ['<file>', 'the programme as YAML, for example programme.yaml'] as const;

/** @throws UsageError when the file cannot be read */
export async function readProgramText(file: string | undefined): Promise<string> {
  if (file === undefined) throw new UsageError('Name the file of the programme.');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`${file} cannot be read (${why}).`);
  }
}

/** @throws UsageError when the file cannot be read; AppError naming every problem in it */
export async function programInFile(file: string | undefined): Promise<ProgramDocument> {
  return requireChecked(await readProgramText(file));
}
