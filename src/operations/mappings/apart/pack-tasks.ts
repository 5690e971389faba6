import type { ObjectDescription } from '#connectors/contract/records.ts';
import { compileMapping, type MappingProblem } from '#mappings/engine/compile.ts';
import { readPack, type MappingPack, type PackReading } from '#mappings/engine/pack/pack.ts';
import { packFromYaml } from '#src/operations/mappings/versions/pack-yaml.ts';

/** Work on a mapping that somebody wrote, which may take very long for a hostile one. */
export interface PackTasks {
  /** Reads a pack from YAML text or from parsed JSON. */
  readonly read: { readonly given: string | object; readonly result: PackReading };
  /** Checks a pack against the description of its object. */
  readonly check: {
    readonly given: { readonly pack: MappingPack; readonly description: ObjectDescription };
    readonly result: PackFindings;
  };
}

export interface PackFindings {
  readonly problems: readonly MappingProblem[];
  readonly warnings: readonly MappingProblem[];
}

export type PackTask = keyof PackTasks;

export const packTasks: {
  readonly [T in PackTask]: (given: PackTasks[T]['given']) => PackTasks[T]['result'];
} = {
  read: (written) => (typeof written === 'string' ? packFromYaml(written) : readPack(written)),
  check: ({ pack, description }) => {
    const compiled = compileMapping(pack, description);
    return { problems: compiled.ok ? [] : compiled.problems, warnings: compiled.warnings };
  },
};
