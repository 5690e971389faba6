import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#src/domain/errors.ts';
import { parse } from 'yaml';
import { readPack } from '#mappings/engine/pack/pack.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';

/**
 * The mappings Fairway comes with: one YAML file for each object, in one folder for each system.
 *
 * Throws `AppError` `setting_invalid` naming file, place and fix of everything that is wrong in the first bad
 * file.
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
  throw new AppError('setting_invalid', `The mapping pack ${file} is wrong:\n${problems.join('\n')}`, {
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
