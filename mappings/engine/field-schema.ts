import { crmSchema } from '#src/domain/crm-schema.ts';
import type { CrmField } from '#src/domain/crm-schema.ts';
import { extraPrefix } from '#src/domain/record.ts';
import type { CanonicalKind, ExtraField } from '#src/domain/record.ts';

/** The length of a text field without a length in the schema. */
const defaultTextLength = 255;
const longTextLength = 32_000;

const declared = new Map(
  crmSchema.flatMap((object) => object.fields.map((field) => [`${object.kind} ${field.name}`, field])),
);

/** The declaration of a field that Fairway adds to CRMs. Null for every other field. */
export function schemaField(kind: CanonicalKind, local: string): CrmField | null {
  return declared.get(`${kind} ${local}`) ?? null;
}

export function textLength(schema: CrmField): number | null {
  if (schema.type === 'longText') return longTextLength;
  return schema.type === 'text' ? (schema.length ?? defaultTextLength) : null;
}

/**
 * `code`: a key or a short field, whose value would be wrong if it were shortened · `prose`: any other text.
 */
export function contentKind(schema: CrmField | null): 'code' | 'prose' {
  const prose = schema === null || (!schema.key && (textLength(schema) ?? 0) >= defaultTextLength);
  return prose ? 'prose' : 'code';
}

/** The allowed values of a canonical or custom field. Null if any value is allowed. */
export function choicesOf(
  kind: CanonicalKind,
  local: string,
  extra: readonly ExtraField[],
): readonly string[] | null {
  if (!local.startsWith(extraPrefix)) return schemaField(kind, local)?.values ?? null;
  const customName = local.slice(extraPrefix.length);
  return extra.find(({ name }) => name === customName)?.values ?? null;
}
