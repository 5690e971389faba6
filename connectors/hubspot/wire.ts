import { z } from 'zod';
import { errorSchema } from './errors.ts';

/**
 * The parts of HubSpot's answers that we read. Ids are usually strings, but some endpoints return numbers.
 */
const id = z.coerce.string();

export const recordSchema = z.object({
  id,
  properties: z.record(z.string(), z.string().nullable()),
  updatedAt: z.string(),
  archived: z.boolean().optional(),
  new: z.boolean().optional(),
  objectWriteTraceId: z.string().nullish(),
});
export type WireRecord = z.infer<typeof recordSchema>;

const errors = z.array(errorSchema).optional();

export const searchAnswer = z.object({ total: z.number(), results: z.array(recordSchema) });
export const listAnswer = z.object({
  results: z.array(recordSchema),
  paging: z.object({ next: z.object({ after: id }).optional() }).optional(),
});
export const batchAnswer = z.object({ results: z.array(recordSchema), errors });
export type BatchAnswer = z.infer<typeof batchAnswer>;

export const associationsAnswer = z.object({
  results: z.array(
    z.object({
      from: z.object({ id }),
      to: z.array(
        z.object({
          toObjectId: id,
          associationTypes: z.array(z.object({ typeId: z.number(), label: z.string().nullish() })),
        }),
      ),
    }),
  ),
});
export const associationErrors = z.object({ errors }).nullable();
export const labelsAnswer = z.object({
  results: z.array(z.object({ typeId: z.number(), label: z.string().nullish(), category: z.string() })),
});

export const propertySchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  fieldType: z.string().optional(),
  archived: z.boolean().optional(),
  calculated: z.boolean().optional(),
  hasUniqueValue: z.boolean().optional(),
  options: z
    .array(z.object({ value: z.string(), label: z.string().optional(), hidden: z.boolean().optional() }))
    .optional(),
  modificationMetadata: z.object({ readOnlyValue: z.boolean() }).optional(),
});
export type WireProperty = z.infer<typeof propertySchema>;
export const propertiesAnswer = z.object({ results: z.array(propertySchema) });
export const groupsAnswer = z.object({ results: z.array(z.object({ name: z.string() })) });
export const definitionErrors = z.object({ errors });

export const customSchema = z.object({
  name: z.string(),
  objectTypeId: z.string(),
  labels: z.object({ singular: z.string().nullish(), plural: z.string().nullish() }),
  requiredProperties: z.array(z.string()),
  properties: z.array(propertySchema),
  associations: z.array(z.object({ fromObjectTypeId: z.string(), toObjectTypeId: z.string() })),
});
export type CustomSchema = z.infer<typeof customSchema>;
export const schemasAnswer = z.object({ results: z.array(customSchema) });
export const accountAnswer = z.object({
  portalId: z.coerce.string(),
  uiDomain: z.hostname().optional(),
  companyCurrency: z.string().length(3).optional(),
  timeZone: z.string().min(1).optional(),
});
export const anything = z.unknown();
