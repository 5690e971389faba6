import { insertProgram, latestProgram } from '#src/db/program/program-store.ts';
import type { Deps } from '#src/deps.ts';
import { programFromJson, programToJson } from '#src/domain/program/codec.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import type { Program } from '#src/domain/program/program.ts';
import { contentHash } from '#src/domain/content-hash.ts';

export interface CurrentProgram {
  readonly program: Program;
  readonly version: number;
}

/** The published programme. When none has been published, the default is stored as version 1. */
export async function currentProgram(deps: Deps): Promise<CurrentProgram> {
  const found = await latestProgram(deps.db);
  if (found) return { program: programFromJson(found.body), version: found.version };
  const body = programToJson(defaultProgram);
  await insertProgram(deps.db, {
    version: 1,
    name: defaultProgram.name,
    body,
    hash: contentHash(body),
    publishedAt: deps.clock(),
  });
  return currentProgram(deps);
}
