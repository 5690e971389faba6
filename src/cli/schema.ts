import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toSource } from '#connectors/salesforce/schema/metadata.ts';
import { salesforceApiVersion } from '#connectors/salesforce/settings.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { textOption, type Command } from './command.ts';

export const schemaCommand: Command = {
  usage: '--out FOLDER',
  summary:
    'Writes the Salesforce metadata source of what Fairway adds to an org, to review or to deploy with sf project deploy.',
  options: { out: { type: 'string' } },
  positionals: false,
  async run(values) {
    const out = textOption(values['out']) ?? 'salesforce-source';
    for (const [path, text] of Object.entries(toSource(crmSchema, salesforceApiVersion))) {
      const file = join(out, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    console.log(`Written to ${out}. Deploy with: cd ${out} && sf project deploy start`);
    return 0;
  },
};
