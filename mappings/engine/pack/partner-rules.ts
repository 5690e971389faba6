import type { MappedField, MappingPack } from './pack.ts';

/** Accounts with one of these values in a field are partners; `true` is a checkbox that is set. */
export interface PartnerValues {
  readonly field: string;
  readonly values: readonly string[];
}

/**
 * The shipped mapping of accounts with the rules that were chosen for this CRM: an account is a partner when one of
 * them holds. Other mappings, and an empty list, stay as they are.
 */
export function withPartnerRules(pack: MappingPack, rules: readonly PartnerValues[]): MappingPack {
  if (pack.kind !== 'account' || rules.length === 0) return pack;
  const byField = [...Map.groupBy(rules, ({ field }) => field)].map(([field, group]): PartnerValues => ({
    field,
    values: [...new Set(group.flatMap(({ values }) => values))],
  }));
  const fields = pack.fields.map((line) => (line.local === 'isPartner' ? lineOf(line, byField) : line));
  return { ...pack, fields };
}

function lineOf(line: MappedField, rules: readonly PartnerValues[]): MappedField {
  const [first, ...others] = rules;
  if (!first) return line;
  if (others.length === 0 && first.field === line.remote)
    return { ...line, transform: [{ name: 'equals', values: [...first.values] }] };
  const cel = rules.map(condition).join(' || ');
  return { ...line, remote: first.field, transform: [{ name: 'expression', cel }] };
}

function condition({ field, values }: PartnerValues): string {
  const name = `remote[${JSON.stringify(field)}]`;
  return values.length === 1 && values[0] === 'true' ? name : `${name} in ${JSON.stringify(values)}`;
}
