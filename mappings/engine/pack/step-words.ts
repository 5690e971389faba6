import type { TransformSpec } from '#mappings/engine/transform.ts';

/** A step in the words of the console: `picklist values (New Business → new, otherwise other)`. */
export function stepWords(spec: TransformSpec): string {
  switch (spec.name) {
    case 'equals':
      return `yes when it is ${spec.values.join(' or ')}`;
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
      return spec.country
        ? `telephone number of ${spec.country} unless it says otherwise`
        : 'telephone number';
    case 'coalesce':
      return `the first filled of ${spec.from.join(', ')}`;
    case 'join':
      return `${spec.from.join(', ')} joined by ${JSON.stringify(spec.separator)}`;
    case 'template':
      return `the text ${JSON.stringify(spec.text)}`;
    case 'related':
      return `${spec.field} of the record it points at`;
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
      return plainWords[spec.name];
  }
}

const plainWords = {
  text: 'text',
  trim: 'single spaces',
  upper: 'capitals',
  lower: 'small letters',
  title: 'capital initials',
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
