import type { Deps } from '#src/deps.ts';
import { checkProgram } from '#src/domain/program/document/check.ts';
import { programChanges } from '#src/domain/program/document/difference.ts';
import { programHash } from '#src/domain/program/document/document.ts';
import { runProgramTests, type TestResult } from '#src/domain/program/document/run-tests.ts';
import { latestStoredProgram } from './current-program.ts';

export interface CheckedText {
  readonly problems: readonly string[];
  readonly tests: readonly TestResult[];
  /** The changes to the latest version, a sentence each. */
  readonly changes: readonly string[];
  /** Null while the settings have problems. */
  readonly hash: string | null;
}

/** Checks a programme, runs its tests and compares it with the latest version. Changes nothing. */
export async function checkProgramText(deps: Deps, text: string): Promise<CheckedText> {
  const { document, problems } = checkProgram(text);
  if (document === null) return { problems, tests: [], changes: [], hash: null };
  const latest = await latestStoredProgram(deps);
  return {
    problems,
    tests: runProgramTests(document),
    changes: programChanges(latest.document, document).map(({ sentence }) => sentence),
    hash: programHash(document),
  };
}
