import { applyInbound, applyOutbound } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import type { CompiledMapping, RemoteFieldShape, RemoteShape } from '#mappings/engine/compile.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { accountByHand, remoteByHand } from './mapping-by-hand.ts';
import { peakMemoryMb } from './bench-service.ts';

/**
 * Mapping 100,000 records of 60 fields in each direction, in records a second, compared with its floor: the
 * same conversions in code written by hand for exactly these fields, into object literals. Each is run in
 * turns with the other, and the best of its rounds counts.
 */
const recordCount = 100_000;
const rounds = 3;

interface Line {
  readonly local: string;
  readonly type: 'text' | 'boolean' | 'decimal' | 'date' | 'instant';
  readonly transform?: unknown;
  readonly remote: RemoteFieldShape;
}

const everybody = { required: false, createable: true, updateable: true } as const;
const sizes = { Small: 'small', Medium: 'medium', Large: 'large' };

/** Twelve texts, then ten numbers, yes-or-nos, dates, times and choices each of a kind, less two. */
function lines(): Line[] {
  const customLine = <Type extends Line['type']>(
    n: number,
    type: Type,
    remote: Partial<RemoteFieldShape> & Pick<RemoteFieldShape, 'type'>,
    transform?: unknown,
  ): Line => {
    const name = `${type}${n}${transform ? 'Choice' : ''}`;
    return {
      local: `extra.${name}`,
      type,
      transform,
      remote: { name: `F_${name}__c`, ...everybody, ...remote },
    };
  };
  const some = <T>(count: number, make: (n: number) => T): T[] =>
    Array.from({ length: count }, (_, n) => make(n));
  return [
    { local: 'name', type: 'text', remote: { name: 'Name', type: 'text', length: 255, ...everybody } },
    {
      local: 'domain',
      type: 'text',
      transform: 'domain',
      remote: { name: 'Website', type: 'text', length: 255, ...everybody },
    },
    ...some(18, (n) => customLine(n, 'text', { type: 'text', length: 255 })),
    ...some(12, (n) => customLine(n, 'decimal', { type: 'number' })),
    ...some(8, (n) => customLine(n, 'boolean', { type: 'boolean' })),
    ...some(8, (n) => customLine(n, 'date', { type: 'date' })),
    ...some(6, (n) => customLine(n, 'instant', { type: 'datetime' })),
    ...some(6, (n) =>
      customLine(n, 'text', { type: 'picklist', values: Object.keys(sizes) }, { name: 'lookup', map: sizes }),
    ),
  ];
}

const all = lines();

function packOf(used: readonly Line[]): MappingPack {
  const extra = used.flatMap(({ local, type }) =>
    local.startsWith('extra.') ? [{ name: local.slice('extra.'.length), label: local, type }] : [],
  );
  const fields = used.map(({ local, transform, remote }) => ({
    local,
    remote: remote.name,
    direction: 'both',
    transform,
  }));
  const reading = readPack({
    system: 'salesforce',
    object: 'Account',
    kind: 'account',
    version: 1,
    extra,
    fields,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.pack;
}

function compiled(pack: MappingPack, shape: RemoteShape): CompiledMapping {
  const result = compileMapping(pack, shape);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.mapping;
}

function valueOf({ remote, type }: Line, n: number): unknown {
  if (remote.name === 'Website') return `https://www.acme-${n % 977}.com/shop`;
  if (remote.type === 'picklist') return Object.keys(sizes)[n % 3];
  if (n % 11 === 0 && remote.name !== 'Name') return null;
  switch (type) {
    case 'text':
      return `Wert ${n % 5_003} der ${remote.name}${n % 7 === 0 ? ' ' : ''}`;
    case 'decimal':
      return (n % 100_000) / 100;
    case 'boolean':
      return n % 2 === 0;
    case 'date':
      return `20${String(10 + (n % 30))}-0${1 + (n % 9)}-${10 + (n % 18)}`;
    case 'instant':
      return `20${String(10 + (n % 30))}-0${1 + (n % 9)}-${10 + (n % 18)}T10:${10 + (n % 50)}:00.000+0000`;
  }
}

const shape: RemoteShape = { object: 'Account', fields: all.map(({ remote }) => remote) };
const mapping = compiled(packOf(all), shape);
const records = Array.from({ length: recordCount }, (_, n) =>
  Object.fromEntries(all.map((line) => [line.remote.name, valueOf(line, n)])),
);
const ours: CanonicalValues[] = records.map((record) => applyInbound(mapping, record).values);
checkFloor();

/** The floor counts only if it comes to the same. */
function checkFloor(): void {
  for (let n = 0; n < 1_000; n += 1) {
    const [record = {}, values = {}] = [records[n], ours[n]];
    const differs = [
      [accountByHand(record), values],
      [remoteByHand(values), applyOutbound(mapping, values).fields],
    ].find(([a, b]) => JSON.stringify(a) !== JSON.stringify(b));
    if (differs) throw new Error(`by hand it comes to something else: ${JSON.stringify(differs)}`);
  }
}

/**
 * Milliseconds for all of them. Results are kept a page at a time, as in the product, so that nothing is
 * optimised away.
 */
function timed<T>(items: readonly T[], work: (item: T) => unknown): number {
  const page: unknown[] = Array.from({ length: 500 });
  const started = performance.now();
  for (let n = 0; n < items.length; n += 1) page[n % page.length] = work(items[n] as T);
  return performance.now() - started;
}

const best = { in: Infinity, inFloor: Infinity, out: Infinity, outFloor: Infinity };
for (let round = 0; round < rounds; round += 1) {
  best.inFloor = Math.min(best.inFloor, timed(records, accountByHand));
  best.in = Math.min(
    best.in,
    timed(records, (record) => applyInbound(mapping, record)),
  );
  best.outFloor = Math.min(best.outFloor, timed(ours, remoteByHand));
  best.out = Math.min(
    best.out,
    timed(ours, (values) => applyOutbound(mapping, values)),
  );
}

/** A wide org: 800 fields, every one mapped. The first time, as a person who opens the page meets it. */
function compileWide(): number {
  const wide = Array.from({ length: 800 }, (_, n): Line => {
    const like = all[2 + (n % (all.length - 2))] ?? all[0];
    if (!like) throw new Error('no line');
    return { ...like, local: `extra.wide${n}`, remote: { ...like.remote, name: `Wide_${n}__c` } };
  });
  const pack = packOf([...all.slice(0, 1), ...wide.slice(1)]);
  const started = performance.now();
  compiled(pack, {
    object: 'Account',
    fields: [...all.slice(0, 1), ...wide.slice(1)].map(({ remote }) => remote),
  });
  return performance.now() - started;
}

const perSecond = (ms: number): number => Math.round((recordCount / ms) * 1_000);
const ratio = (a: number, b: number): number => Number((a / b).toFixed(2));
console.log(
  JSON.stringify({
    name: 'mapping',
    value: perSecond(best.in + best.out),
    unit: 'records/s there and back',
    floor: perSecond(best.inFloor + best.outFloor),
    /** The worse of the two directions: wall time over that of the code written by hand. */
    ratio: Math.max(ratio(best.in, best.inFloor), ratio(best.out, best.outFloor)),
    rssMb: peakMemoryMb(process.pid),
    details: {
      records: recordCount,
      fields: all.length,
      in: {
        recordsPerSecond: perSecond(best.in),
        floor: perSecond(best.inFloor),
        ratio: ratio(best.in, best.inFloor),
      },
      out: {
        recordsPerSecond: perSecond(best.out),
        floor: perSecond(best.outFloor),
        ratio: ratio(best.out, best.outFloor),
      },
      compileWideMs: Number(compileWide().toFixed(1)),
    },
  }),
);
