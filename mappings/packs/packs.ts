import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#src/domain/errors.ts';
import { parse } from 'yaml';
import { readPack } from '#mappings/engine/pack/pack.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';

/**
 * Loads the default mappings: one YAML file per object, in one folder per system.
 *
 * @throws AppError `setting_invalid` with the problems and fixes of the first invalid file
 */
export function loadPacks(folder: string = import.meta.dirname): readonly MappingPack[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yaml'),
  );
  return files.toSorted().map((file) => loadPack(join(folder, file)));
}

function loadPack(file: string): MappingPack {
  const reading = readPack(parseYaml(file));
  if (reading.ok) return reading.pack;
  const problems = reading.problems.map(({ path, message, fix }) => `${path || 'pack'}: ${message}. ${fix}`);
  throw new AppError('setting_invalid', `The mapping pack ${file} is not valid:\n${problems.join('\n')}`, {
    file,
  });
}

function parseYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new AppError(
      'setting_invalid',
      `The mapping pack ${file} is not YAML: ${error instanceof Error ? error.message : String(error)}`,
      { file },
      error,
    );
  }
}
