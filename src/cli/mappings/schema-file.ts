import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packJsonSchema } from '#mappings/engine/pack/pack-json-schema.ts';

const name = 'mapping.schema.json';

/** Editors with a YAML language server complete and check a file that begins with it. */
export const schemaLine = `# yaml-language-server: $schema=./${name}`;

/** Fairway's own, and as new as Fairway: written over. */
export async function writeSchema(folder: string): Promise<void> {
  await writeFile(join(folder, name), `${JSON.stringify(packJsonSchema(), null, 2)}\n`);
}
