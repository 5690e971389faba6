import { crmSchema } from '#src/domain/crm-schema.ts';
import type { CrmField } from '#src/domain/crm-schema.ts';
import { extraPrefix } from '#src/domain/record.ts';
import type { CanonicalKind, ExtraField } from '#src/domain/record.ts';

/** Characters a text field holds when the schema says nothing. */
const defaultTextLength = 255;
const longTextLength = 32_000;

const declared = new Map(
  crmSchema.flatMap((object) => object.fields.map((field) => [`${object.kind} ${field.name}`, field])),
);

/** How Fairway declares one of its own fields in a CRM; null for every other field. */
export function schemaField(kind: CanonicalKind, local: string): CrmField | null {
  return declared.get(`${kind} ${local}`) ?? null;
}

export function textLength(schema: CrmField): number | null {
  if (schema.type === 'longText') return longTextLength;
  return schema.type === 'text' ? (schema.length ?? defaultTextLength) : null;
}

/**
 * A field declared shorter than usual, or a key, holds something that means nothing, or something else, when
 * it is cut.
 */
export function holds(schema: CrmField | null): 'code' | 'prose' {
  const prose = schema === null || (!schema.key && (textLength(schema) ?? 0) >= defaultTextLength);
  return prose ? 'prose' : 'code';
}

/** All that one of our fields may say, where that is declared; null when it may say anything. */
export function choicesOf(
  kind: CanonicalKind,
  local: string,
  extra: readonly ExtraField[],
): readonly string[] | null {
  if (!local.startsWith(extraPrefix)) return schemaField(kind, local)?.values ?? null;
  const own = local.slice(extraPrefix.length);
  return extra.find(({ name }) => name === own)?.values ?? null;
}
