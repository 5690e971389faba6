import { invoiceColumns } from '#connectors/files/invoice-row.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1';

export interface GeneratedFile {
  readonly bytes: Buffer;
  readonly encoding: Encoding;
  /** The encoding that the connection declares. */
  readonly declared: string | undefined;
  readonly separator: string;
  /** The documents as they were before the damage: number → cells in the order of `invoiceColumns`. */
  readonly documents: ReadonlyMap<string, readonly string[]>;
  readonly damage: readonly string[];
}

/** A small generator of random numbers: the same seed makes the same file. */
export function randomFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const names = [
  'Acme', 'Acme, Inc', 'Rack 19" Systems', '"Quoted" Ltd', 'Müller & Söhne', 'Two\nLines', 'x\nA-9,invoice,P-9,B,USD,1.00,2026-10-05,,\ny',
  'Semi;colon', 'Tab\there', '', ' padded ', 'Ends with "', '"', '""', "O'Neil", 'a|b', 'Straße 5, 2. OG',
] as const; // prettier-ignore

/** A file of invoices in some dialect, with up to three damages. */
export function generateFile(seed: number): GeneratedFile {
  const random = randomFrom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const separator = pick([',', ',', ';', '\t', '|']);
  const end = pick(['\n', '\n', '\r\n', '\r']);
  const encoding = pick<Encoding>(['utf-8', 'utf-8', 'utf-8', 'utf-16le', 'utf-16be', 'latin1']);
  const quotesAll = random() < 0.2;
  const cell = (text: string): string =>
    quotesAll ||
    text.includes(separator) ||
    /^\s*"|[\n\r]/.test(text) ||
    (text.includes('"') && random() < 0.7)
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  const documents = new Map<string, readonly string[]>();
  const count = 1 + below(8);
  for (let n = 0; n < count; n += 1) {
    const number = `A-${n}`;
    const name = end === '\r' ? pick(names).replaceAll('\n', ' ') : pick(names);
    documents.set(number, [
      number, 'invoice', `P-${below(3)}`, name, pick(['USD', 'EUR']), `${1 + below(9999)}.${10 + below(90)}`,
      '2026-10-05', random() < 0.5 ? '' : '2026-10-20', '',
    ]); // prettier-ignore
  }
  const rows = [invoiceColumns, ...documents.values()].map((cells) => cells.map(cell).join(separator));
  const isNamed = separator === '|' || random() < 0.1;
  let text = `${isNamed ? `sep=${separator}${end}` : ''}${rows.join(end)}${random() < 0.9 ? end : ''}`;
  const damage: string[] = [];
  for (let times = random() < 0.3 ? 0 : 1 + below(3); times > 0; times -= 1) {
    const kind = pick(Object.keys(damages));
    damage.push(kind);
    text = damages[kind]?.(text, { below, separator, end }) ?? text;
  }
  let bytes = encode(text, encoding, random() < 0.3);
  const fate = random();
  if (fate < 0.05) {
    damage.push('cut off');
    bytes = bytes.subarray(0, below(bytes.length));
  } else if (fate < 0.1 && bytes.length > 0) {
    damage.push('other byte');
    bytes[below(bytes.length)] = below(256);
  }
  const declared = encoding === 'latin1' && random() < 0.8 ? 'windows-1252' : undefined;
  return { bytes, encoding, declared, separator, documents, damage };
}

function encode(text: string, encoding: Encoding, marked: boolean): Buffer {
  if (encoding === 'latin1') return Buffer.from(text, 'latin1');
  if (encoding === 'utf-8') return Buffer.from(marked ? `\uFEFF${text}` : text, 'utf8');
  const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return encoding === 'utf-16le' ? little : little.swap16();
}

interface Tools {
  readonly below: (count: number) => number;
  readonly separator: string;
  readonly end: string;
}

const inserted = (text: string, at: number, part: string): string =>
  text.slice(0, at) + part + text.slice(at);
const insert =
  (part: (tools: Tools) => string) =>
  (text: string, tools: Tools): string =>
    inserted(text, tools.below(text.length + 1), part(tools));
/** Removes one of the places where a text has this part. */
const remove =
  (part: (tools: Tools) => string) =>
  (text: string, tools: Tools): string => {
    const what = part(tools);
    const places = text
      .split(what)
      .slice(0, -1)
      .map((_, n, parts) => parts.slice(0, n + 1).join(what).length);
    const at = places[tools.below(Math.max(1, places.length))];
    return at === undefined ? text : text.slice(0, at) + text.slice(at + what.length);
  };
/** Puts a part just before or after a separator, where a quote looks as if it opened or closed a cell. */
const insertAtCell =
  (part: string, after: boolean) =>
  (text: string, { below, separator }: Tools): string => {
    const places = [...text].flatMap((character, index) => (character === separator ? [index] : []));
    const at = places[below(Math.max(1, places.length))];
    return at === undefined ? text : inserted(text, after ? at + 1 : at, part);
  };

/** What happens to files on their way, by its name. */
const damages: Readonly<Record<string, (text: string, tools: Tools) => string>> = {
  'stray quote': insert(() => '"'),
  'quote that opens a cell': insertAtCell('"', true),
  'quote that closes a cell': insertAtCell('"', false),
  'quote removed': remove(() => '"'),
  'separator more': insert(({ separator }) => separator),
  'separator less': remove(({ separator }) => separator),
  'line end more': insert(({ end }) => end),
  'line end less': remove(({ end }) => end),
  'other line end': insert(({ below }) => ['\n', '\r', '\r\n'][below(3)] ?? '\n'),
  'blank line': insert(({ end }) => end + end),
  'control character': insert(() => '\u0000'),
  'line twice': (text, { below, end }) => {
    const lines = text.split(end);
    const at = below(lines.length);
    return [...lines.slice(0, at + 1), ...lines.slice(at)].join(end);
  },
};
