import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crmsOf } from '#connectors/contract/systems.ts';
import { shippedSystems } from '#connectors/registry.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { AppError } from '#src/domain/errors.ts';
import { textOption, type Command } from './command.ts';

const sources = crmsOf(shippedSystems).flatMap(({ kind, label, schemaSource }) =>
  schemaSource ? [{ kind, label, ...schemaSource }] : [],
);
const kinds = sources.map(({ kind }) => kind);

export const schemaCommand: Command = {
  usage: `[${kinds.join(' | ')}] --out FOLDER`,
  summary: `Writes the objects and fields that Fairway adds to a CRM (${sources.map(({ label }) => label).join(', ')}) as source files, to review or to deploy with the vendor’s own tool.`,
  options: { out: { type: 'string' } },
  positionals: true,
  async run(values, [kind = kinds[0]]) {
    const source = sources.find((one) => one.kind === kind);
    if (!source) throw new AppError('bad_request', `Name a CRM: ${kinds.join(', ')}.`);
    const out = textOption(values['out']) ?? source.folder;
    for (const [path, text] of Object.entries(source.files(crmSchema))) {
      const file = join(out, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    console.log(`Written to ${out}. Deploy with: cd ${out} && ${source.deployCommand}`);
    return 0;
  },
};
