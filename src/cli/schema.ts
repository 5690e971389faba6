import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crmsOf } from '#connectors/contract/systems.ts';
import { shippedSystems } from '#connectors/registry.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { exitCodes, jsonOption, printResult, textOption, UsageError, type Command } from './command.ts';

const sources = crmsOf(shippedSystems).flatMap(({ kind, label, schemaSource }) =>
  schemaSource ? [{ kind, label, ...schemaSource }] : [],
);
const kinds = sources.map(({ kind }) => kind);

export const schemaCommand: Command = {
  arguments: [['[system]', `${kinds.join(' or ')}; ${kinds[0]} when it is missing`]],
  options: [['--out <folder>', 'the folder to write to'], jsonOption],
  examples: [`schema ${kinds[0]} --out ${sources[0]?.folder}`],
  details: `Review the files, or deploy them with the vendor’s own tool (${sources.map(({ label }) => label).join(', ')}).`,
  async run(values, [kind = kinds[0]]) {
    const source = sources.find((one) => one.kind === kind);
    if (!source) throw new UsageError(`${kind} is not one of ${kinds.join(', ')}.`);
    const out = textOption(values['out']) ?? source.folder;
    for (const [path, text] of Object.entries(source.files(crmSchema))) {
      const file = join(out, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    printResult(values, { folder: out, deployCommand: source.deployCommand }, [
      `Written to ${out}. Deploy with: cd ${out} && ${source.deployCommand}`,
    ]);
    return exitCodes.ok;
  },
};
