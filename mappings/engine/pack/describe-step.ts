import type { TransformSpec } from '#mappings/engine/transform.ts';

/** Describes a step for the console: `picklist values (New Business → new, all others → other)`. */
export function describeStep(spec: TransformSpec): string {
  switch (spec.name) {
    case 'equals':
      return `yes if it is ${spec.values.join(' or ')}`;
    case 'lookup':
      return `picklist values (${lookupWords(spec)})`;
    case 'cut':
      return `cut to ${spec.length} characters`;
    case 'split':
      return `part ${spec.part} between ${JSON.stringify(spec.separator)}`;
    case 'replace':
      return `replace ${JSON.stringify(spec.find)} by ${JSON.stringify(spec.with)}`;
    case 'decimal':
      return spec.format ? `number written like ${spec.format}` : 'number';
    case 'currency':
      return `amount in ${spec.code} written like ${spec.format}`;
    case 'scale':
      return `times ${spec.by}`;
    case 'round':
      return `rounded to ${spec.places} decimals`;
    case 'date':
    case 'instant':
      return [
        spec.name === 'date' ? 'date' : 'date and time',
        spec.format && `written ${spec.format}`,
        spec.zone && `in ${spec.zone}`,
      ]
        .filter((part) => part !== undefined)
        .join(' ');
    case 'phone':
      return spec.country ? `phone number, country ${spec.country} by default` : 'phone number';
    case 'coalesce':
      return `the first filled of ${spec.from.join(', ')}`;
    case 'join':
      return `${spec.from.join(', ')} joined by ${JSON.stringify(spec.separator)}`;
    case 'template':
      return `the text ${JSON.stringify(spec.text)}`;
    case 'related':
      return `${spec.field} of the referenced record`;
    case 'expression':
      return `the expression ${spec.cel}`;
    case 'text':
    case 'trim':
    case 'upper':
    case 'lower':
    case 'title':
    case 'domain':
    case 'country':
    case 'email':
    case 'boolean':
    case 'reference':
      return plainNames[spec.name];
  }
}

const plainNames = {
  text: 'text',
  trim: 'single spaces',
  upper: 'upper case',
  lower: 'lower case',
  title: 'capitalised words',
  domain: 'web domain',
  country: 'country code',
  email: 'e-mail address',
  boolean: 'yes or no',
  reference: 'reference',
} as const;

function lookupWords({
  map,
  otherwise,
  otherwiseRemote,
}: Extract<TransformSpec, { name: 'lookup' }>): string {
  const pairs = Object.entries(map).map(([theirs, ours]) => `${theirs} → ${ours}`);
  if (otherwise !== undefined) pairs.push(`all others → ${otherwise ?? 'empty'}`);
  if (otherwiseRemote !== undefined) pairs.push(`all others of ours → ${otherwiseRemote ?? 'empty'}`);
  return pairs.join(', ');
}
