import { z } from 'zod';
import { mappingPack } from './pack.ts';
import { stepNames, transformSteps } from '#mappings/engine/transform.ts';

/** The JSON Schema of packs for editors: `# yaml-language-server: $schema=…`. */
export function packJsonSchema(): object {
  const step = z.toJSONSchema(transformSteps, { io: 'input', unrepresentable: 'any' }) as { items?: object };
  const withoutOptions = stepNames.filter((name) => !needsOptions(name));
  const one = { anyOf: [{ type: 'string', enum: withoutOptions }, step.items ?? {}] };
  return {
    title: 'Fairway mapping pack',
    ...z.toJSONSchema(mappingPack, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema, path }) => {
        if ((zodSchema as unknown) === transformSteps || path.at(-1) === 'transform') {
          for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
          Object.assign(jsonSchema, {
            anyOf: [...one.anyOf, { type: 'array', minItems: 1, maxItems: 10, items: one }],
          });
        }
        // A line with a combination may leave out `remote` or `local`.
        if (jsonSchema.required?.includes('direction')) jsonSchema.required = ['direction'];
      },
    }),
  };
}

const needsOptions = (name: string): boolean => !transformSteps.safeParse(name).success;
