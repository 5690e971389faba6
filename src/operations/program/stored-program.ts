import type { ProgramVersion } from '#src/db/program/program-store.ts';
import { programFromJson } from '#src/domain/program/codec.ts';
import { requireProgramDocument, type ProgramDocument } from '#src/domain/program/document/document.ts';
import { documentOf, programIn } from '#src/domain/program/document/program-of.ts';
import type { Program } from '#src/domain/program/program.ts';

export interface StoredProgram {
  readonly document: ProgramDocument;
  readonly program: Program;
  readonly version: number;
}

/** A version never changes and is read for every batch of records, so the last few are remembered. */
const remembered = new Map<string, StoredProgram>();
const mostRemembered = 20;

/** Reads a stored version: a document, or the JSON of a programme from before documents. */
export function storedProgram({ version, hash, body }: ProgramVersion): StoredProgram {
  const key = `${version} ${hash}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const read = { version, ...parsed(body) };
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, read);
  return read;
}

function parsed(body: unknown): Omit<StoredProgram, 'version'> {
  if (typeof body === 'object' && body !== null && 'format' in body) {
    const document = requireProgramDocument(body);
    return { document, program: programIn(document) };
  }
  const program = programFromJson(body);
  return { document: documentOf(program), program };
}
