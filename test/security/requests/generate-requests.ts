import fc from 'fast-check';

/** The part of JSON Schema that the document uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

interface DescribedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: JsonSchema }>> };
  readonly responses?: Readonly<Record<string, Response>>;
}

export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | null;
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Attempt {
  readonly operation: Operation;
  readonly request: {
    readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly payload?: string;
  };
}

/** Values that the service itself gave out, by the name of their field: only with them do requests get far. */
export type KnownValues = ReadonlyMap<string, readonly string[]>;

export function operationsOf({ paths = {} }: OpenApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses = {} }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema ?? null,
      responses,
    })),
  );
}

/** Makes the attempt with a number; the same seed and number always make the same one. */
export function attemptMaker(operations: readonly Operation[], known: KnownValues) {
  const makers = operations.map((operation) => attemptOn(operation, known));
  return ({ seed, number }: { readonly seed: number; readonly number: number }): Attempt => {
    const maker = makers[number % makers.length];
    if (!maker) throw new Error('The document has no operations.');
    const [attempt] = fc.sample(maker, { seed: seed + number, numRuns: 1 });
    if (!attempt) throw new Error('fast-check made no sample.');
    return attempt;
  };
}

function attemptOn(operation: Operation, known: KnownValues): fc.Arbitrary<Attempt> {
  const inPath = operation.parameters.filter((one) => one.in === 'path');
  const inQuery = operation.parameters.filter((one) => one.in === 'query');
  const valueOf = (one: Parameter) => queryText(parameterValue(one, known));
  const params = fc.record(Object.fromEntries(inPath.map((one) => [one.name, valueOf(one)])));
  const query = fc.record(
    Object.fromEntries(
      inQuery.map((one) => {
        const value = valueOf(one);
        return [one.name, one.required === true ? mostly(value, null) : fc.option(value)];
      }),
    ),
  );
  const body: fc.Arbitrary<string | null> =
    operation.body === null
      ? fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: rawBody })
      : fc.oneof(
          {
            weight: 9,
            arbitrary: jsonValue(operation.body, known, '').map((value) => JSON.stringify(value) ?? ''),
          },
          { weight: 1, arbitrary: rawBody },
        );
  return fc
    .record({ params, query, body, type: contentType, extra: fc.option(extraQuery, { freq: 12 }) })
    .map(({ params: given, query: asked, body: payload, type, extra }) => {
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        pathSegment(String(given[name])),
      );
      const pairs = Object.entries(asked).flatMap(([name, value]) =>
        value === null ? [] : [`${name}=${percentEncoded(String(value))}`],
      );
      const queryString = [...pairs, ...(extra === null ? [] : [extra])].join('&');
      return {
        operation,
        request: {
          method: operation.method as Attempt['request']['method'],
          url: queryString === '' ? path : `${path}?${queryString}`,
          headers: { 'x-fairway': '1', ...(payload === null ? {} : { 'content-type': type }) },
          ...(payload === null ? {} : { payload }),
        },
      };
    });
}

const contentType = mostly<string>(
  fc.constant('application/json'),
  fc.constantFrom(
    'text/plain',
    'application/json; charset=utf-16',
    'application/xml',
    'multipart/form-data',
    'x',
  ),
  30,
);
const rawBody = fc.constantFrom(
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '1e999',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `{"a":"${'x'.repeat(300_000)}"}`,
  '\ufeff{}',
);
const extraQuery = fc.constantFrom(
  'limit=1&limit=2',
  'a[b]=c',
  '%',
  '__proto__=1',
  'cursor=&cursor=',
  'search=%00',
);

/** Text that has broken something before: for the database, for the router, or for a cast. */
const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'a\udfff',
    '\u202e',
    '🙂',
    '%',
    '%00',
    '..',
    '../../etc/passwd',
    '\\',
    "'; drop table person; --",
    '"',
    '${1}',
    '{{1}}',
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    'Infinity',
    '-1',
    '1e5',
    '0x10',
    '2147483648',
    '-2147483649',
    '9223372036854775808',
    '99999999999999999999999999',
    '1.5',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0000-00-00',
    '2026-02-30',
    '9999-12-31',
    '+275760-09-13',
    '-000001-01-01',
    'infinity',
    'epoch',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(101, 501, 10_000, 70_000).map((length) => 'x'.repeat(length)),
);

const hostileNumber = fc.constantFrom<unknown>(
  -1,
  0,
  1.5,
  -0,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  5e-324,
  '1',
  null,
);

const hostileValue = fc.oneof(
  hostileText,
  hostileNumber,
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { a: { b: [] } }),
);

/** Cursors are opaque to clients, and the service decodes them: the form is right, the content is not. */
const cursorText = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        '2026-11-18 10:00:00+00',
        '2026-99-99 99:99:99+00',
        '2026-02-30 00:00:00.123456+00',
        '999999-01-01 00:00:00+00',
        '0000-01-01 00:00:00+00',
        '-999999999',
        '999999999',
        '5',
        'infinity',
        '\u0000',
        5,
        null,
      ),
      fc.oneof(
        fc.uuid(),
        fc.constantFrom(
          '',
          '----',
          'a',
          'f0f0f0f0-f0f0',
          '-'.repeat(36),
          'e1-----',
          'c00000000',
          '\ud800',
          7,
        ),
      ),
    )
    .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
  hostileText,
);

function mostly<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T> | T, weight = 6): fc.Arbitrary<T> {
  const other = unusual instanceof fc.Arbitrary ? unusual : fc.constant(unusual as T);
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: other });
}

function parameterValue({ name, schema = {} }: Parameter, known: KnownValues): fc.Arbitrary<unknown> {
  return name === 'cursor' ? cursorText : jsonValue(schema, known, name);
}

/** A value for a schema: usually one that it allows, known to the service where that is possible. */
function jsonValue(schema: JsonSchema, known: KnownValues, name: string): fc.Arbitrary<unknown> {
  return mostly<unknown>(allowedValue(schema, known, name), hostileValue, 9);
}

function allowedValue(schema: JsonSchema, known: KnownValues, name: string): fc.Arbitrary<unknown> {
  const options = schema.anyOf ?? schema.oneOf;
  if (options && options.length > 0) return fc.oneof(...options.map((one) => jsonValue(one, known, name)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length > 1)
    return fc.oneof(...types.map((type) => allowedValue({ ...schema, type }, known, name)));
  switch (types[0]) {
    case 'string':
      return textValue(schema, known, name);
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 12 }), numberWithin(schema), hostileNumber);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(jsonValue(schema.items ?? {}, known, name), { maxLength: 4 });
    case 'object':
      return name === 'shown'
        ? mostly(shownValue(known), objectValue(schema, known))
        : objectValue(schema, known);
    default:
      return fc.oneof(hostileValue, fc.jsonValue({ maxDepth: 3 }));
  }
}

/** The content of a page, as a decision has to send it back. */
function shownValue(known: KnownValues): fc.Arbitrary<unknown> {
  return fc
    .constantFrom('{}', ...(known.get('shown as JSON') ?? []))
    .map((text) => JSON.parse(text) as unknown);
}

function numberWithin({ minimum = -1e12, maximum = 1e12 }: JsonSchema): fc.Arbitrary<number> {
  return fc.constantFrom(minimum, maximum, Math.trunc((minimum + maximum) / 2));
}

function textValue(schema: JsonSchema, known: KnownValues, name: string): fc.Arbitrary<unknown> {
  const values = known.get(name) ?? (/id$/i.test(name) ? known.get('id') : undefined) ?? [];
  const usual = values.length > 0 ? [{ weight: 6, arbitrary: fc.constantFrom(...values) }] : [];
  const fitting =
    schema.format === 'uuid' ? fc.uuid() : schema.format === 'email' ? fc.emailAddress() : fc.string();
  return fc.oneof(...usual, { weight: 1, arbitrary: fitting }, { weight: 1, arbitrary: hostileText });
}

function objectValue(schema: JsonSchema, known: KnownValues): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, one]) => {
        const value = jsonValue(one, known, name);
        return [
          name,
          required.includes(name)
            ? mostly<unknown>(value, undefined, 20)
            : fc.option(value, { nil: undefined }),
        ];
      }),
    ),
  );
  if (additionalProperties === undefined || additionalProperties === false)
    return fc
      .record({
        fields,
        more: fc.option(fc.dictionary(hostileText, hostileValue, { maxKeys: 2 }), { freq: 15 }),
      })
      .map(({ fields: given, more }) => ({ ...given, ...more }));
  const values = additionalProperties === true ? hostileValue : jsonValue(additionalProperties, known, '');
  const names = fc.oneof(hostileText, fc.constantFrom(...(known.get('field') ?? ['name']), 'name'));
  return fc
    .record({ fields, more: fc.dictionary(names, values, { maxKeys: 3 }) })
    .map(({ fields: given, more }) => ({
      ...given,
      ...more,
    }));
}

function queryText(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return value.map((one) => (typeof one === 'string' ? one : (JSON.stringify(one) ?? '')));
}

/** One segment of a path. An empty one or dots alone would ask for another route; `spelled-addresses` tries those. */
function pathSegment(text: string): string {
  return /^\.{0,2}$/.test(text) ? '%20' : percentEncoded(text);
}

/** As `encodeURIComponent`, but a lone surrogate becomes the bytes that a careless client sends for it. */
function percentEncoded(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.charCodeAt(0);
      const lone = character.length === 1 && code >= 0xd800 && code <= 0xdfff;
      if (!lone) return encodeURIComponent(character);
      return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
        .map((byte) => `%${byte.toString(16).toUpperCase()}`)
        .join('');
    })
    .join('');
}
