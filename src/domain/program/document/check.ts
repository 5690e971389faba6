/** Everything that must be right before a programme is approved: its text, its settings and its tests. */
import { invalidProgram, problemSentence, type ProgramDocument } from './document.ts';
import { testFailures } from './run-tests.ts';
import { programFromYaml } from './yaml.ts';

export interface ProgramCheck {
  /** Null while the text has problems. */
  readonly document: ProgramDocument | null;
  /** A sentence for each problem: the setting and what to write, or the test and what came out. */
  readonly problems: readonly string[];
}

export function checkProgram(text: string): ProgramCheck {
  const reading = programFromYaml(text);
  if (!reading.ok) return { document: null, problems: reading.problems.map(problemSentence) };
  return { document: reading.document, problems: testFailures(reading.document) };
}

/** @throws AppError `bad_request` that names every problem */
export function requireChecked(text: string): ProgramDocument {
  const reading = programFromYaml(text);
  if (!reading.ok) throw invalidProgram(reading.problems);
  return reading.document;
}
