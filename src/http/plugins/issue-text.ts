import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;
type Of<Code extends z.core.$ZodIssueCode> = z.core.$ZodRawIssue<
  Extract<z.core.$ZodIssue, { readonly code: Code }>
>;

/** A sentence that names the right value. It also reads well after a label, as in "Reason: enter a value." */
export function issueText(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.expected !== 'object'
        ? 'Enter a value.'
        : `${types[issue.expected] ?? 'Use another kind of value'}.`;
    case 'invalid_value':
      return `Use ${oneOf(issue.values.map(quoted))}.`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_format':
      return `${formatText(issue)}.`;
    case 'not_multiple_of':
      return `Use a multiple of ${issue.divisor}.`;
    case 'unrecognized_keys':
      return 'This field does not exist. Leave it out.';
    case 'invalid_union':
      return unionText(issue);
    case 'invalid_key':
      return `Change the name of this entry. ${textsOf(issue.issues)}`;
    case 'invalid_element':
      return `Change one of the entries. ${textsOf(issue.issues)}`;
    case 'custom':
      return 'Use another value.';
  }
}

/**
 * The name of a field for people: `dailyCallLimit` is "Daily call limit". The place in a list is named, too:
 * `pairs.0.leftId` is "Left id of entry 1".
 */
export function fieldLabel(path: readonly PropertyKey[]): string {
  const name = String(path.findLast((key) => typeof key === 'string') ?? 'entry');
  const index = path.findLast((key) => typeof key === 'number');
  const words = labels.get(name) ?? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const label = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return index === undefined ? label : `${label} of entry ${index + 1}`;
}

/** Fields whose name is not what people call them. */
const labels: ReadonlyMap<string, string> = new Map([
  ['email', 'e-mail'],
  ['contactEmail', 'contact e-mail'],
  ['pack', 'mapping'],
  ['recordRef', 'record'],
  ['token', 'sign-in link'],
  ['yaml', 'YAML'],
]);

const types: Readonly<Record<string, string>> = {
  string: 'Use text',
  number: 'Use a number',
  int: 'Use a whole number',
  bigint: 'Use a whole number',
  nan: 'Leave the number out',
  boolean: 'Use true or false',
  date: 'Use a date',
  array: 'Use a list',
  tuple: 'Use a list',
  set: 'Use a list',
  map: 'Use a set of named values',
  record: 'Use a set of named values',
  object: 'Send a JSON object',
  file: 'Send a file',
  null: 'Leave it empty',
  undefined: 'Leave it out',
  void: 'Leave it out',
  never: 'Leave it out',
  nonoptional: 'Enter a value',
};

/** The units of the length of a value. */
const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  map: ['entry', 'entries'],
  file: ['byte', 'bytes'],
};

function tooSmall({ origin, minimum, exact, inclusive = true }: Of<'too_small'>): string {
  if (exact === true) return `Use exactly ${counted(origin, minimum)}.`;
  if (origin === 'date') return `Use a date ${inclusive ? 'from' : 'after'} ${dayText(minimum)}.`;
  if (!units[origin]) return `Use ${inclusive ? `${minimum} or more` : `more than ${minimum}`}.`;
  if (origin === 'string' && inclusive && Number(minimum) === 1) return 'Enter a value.';
  return `Use ${inclusive ? 'at least' : 'more than'} ${counted(origin, minimum)}.`;
}

function tooBig({ origin, maximum, exact, inclusive = true }: Of<'too_big'>): string {
  if (exact === true) return `Use exactly ${counted(origin, maximum)}.`;
  if (origin === 'date') return `Use a date ${inclusive ? 'up to' : 'before'} ${dayText(maximum)}.`;
  if (!units[origin]) return `Use ${inclusive ? `${maximum} or less` : `less than ${maximum}`}.`;
  return `Use ${inclusive ? 'at most' : 'fewer than'} ${counted(origin, maximum)}.`;
}

function counted(origin: string, count: number | bigint): string {
  const [one, many] = units[origin] ?? ['', ''];
  return `${count} ${Number(count) === 1 ? one : many}`.trimEnd();
}

function dayText(instant: number | bigint): string {
  return new Date(Number(instant)).toISOString().slice(0, 10);
}

function formatText(issue: Of<'invalid_format'>): string {
  if (issue.format === 'starts_with') return `Begin with ${quoted(issue['prefix'])}`;
  if (issue.format === 'ends_with') return `End with ${quoted(issue['suffix'])}`;
  if (issue.format === 'includes') return `Include ${quoted(issue['includes'])}`;
  return formats[issue.format] ?? 'Use the required format';
}

const formats: Readonly<Record<string, string>> = {
  email: 'Use an e-mail address such as name@example.com',
  url: 'Use a web address such as https://example.com',
  uuid: 'Use a UUID, such as the id of a record in an answer of the API',
  guid: 'Use a UUID, such as the id of a record in an answer of the API',
  date: 'Use a date such as 2026-10-31',
  datetime: 'Use a date and time such as 2026-10-31T09:30:00Z',
  time: 'Use a time such as 09:30:00',
  duration: 'Use a duration such as P3D',
  ipv4: 'Use an IP address such as 192.0.2.1',
  ipv6: 'Use an IP address such as 2001:db8::1',
  cidrv4: 'Use a range of IP addresses such as 192.0.2.0/24',
  cidrv6: 'Use a range of IP addresses such as 2001:db8::/32',
  hostname: 'Use a host name such as fairway.example.com',
  base64: 'Use base64 text',
  base64url: 'Use base64url text',
  json_string: 'Use valid JSON',
  e164: 'Use a telephone number such as +4930123456',
  iban: 'Use a valid IBAN',
  credit_card: 'Use a valid card number',
  lowercase: 'Use lower-case letters only',
  uppercase: 'Use upper-case letters only',
  emoji: 'Use one emoji',
};

/** The alternatives of a union, joined with "or". */
function unionText(issue: Of<'invalid_union'>): string {
  const options = issue['options'];
  if (Array.isArray(options) && options.length > 0) return `Use ${oneOf(options.map(quoted))}.`;
  const texts = issue.errors.flatMap(([first]) => (first ? [first.message] : []));
  const wishes = texts.flatMap((text) => /^Use (.+)\.$/.exec(text)?.[1] ?? []);
  if (texts.length === 0) return 'Use only one of the alternatives.';
  return wishes.length === texts.length ? `Use ${oneOf([...new Set(wishes)])}.` : (texts[0] ?? '');
}

function textsOf(issues: readonly { readonly message: string }[]): string {
  return issues.map(({ message }) => message).join(' ');
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `“${value}”` : String(value);
}

function oneOf(values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}
