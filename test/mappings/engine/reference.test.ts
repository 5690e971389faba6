import { readFileSync } from 'node:fs';
import { compileMapping } from '#mappings/engine/compile.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { catalogue, stepNames } from '#mappings/engine/transform.ts';
import { combinationHelp } from '#mappings/engine/transforms/combination.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { remote } from './shapes.ts';

const reference = readFileSync(new URL('../../../docs/mappings.md', import.meta.url), 'utf8');
const blocks = [...reference.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, yaml = '']) => parse(yaml) as unknown,
);
/** The code in the first cell of each table row. */
const steps = [...reference.matchAll(/^\| `([^`]+)` \|/gm)].map(
  ([, code = '']) => parse(code) as string | { name: string },
);

function packWith(line: object): ReturnType<typeof readPack> {
  return readPack({ system: 'salesforce', object: 'Account', kind: 'account', version: 1, fields: [line] });
}

describe('the reference of mappings', () => {
  it.each(stepNames)('documents the transform %s with a valid example', (name) => {
    const examples = steps.filter(
      (step) =>
        (typeof step === 'string' ? step : step.name) === name &&
        (typeof step !== 'string' || stepNames.includes(name)),
    );
    expect(examples).not.toEqual([]);
    for (const transform of examples.filter(
      (step) => JSON.stringify(step) !== '{"name":"expression","cel":"…"}',
    )) {
      expect(packWith({ local: 'city', remote: 'City', direction: 'in', transform })).toMatchObject({
        ok: true,
      });
    }
  });

  it('shows a complete pack that compiles', () => {
    const reading = readPack(blocks[0]);
    expect(reading).toMatchObject({ ok: true });
    const pack = (reading.ok ? reading.pack : null) as MappingPack;
    const fields = pack.fields.map((field) => remote(field.remote, 'text', { length: 255 }));
    expect(
      compileMapping(pack, { object: 'Account', fields: [...fields, remote('Type', 'text')] }),
    ).toMatchObject({
      ok: true,
      warnings: [],
    });
  });

  it('shows only valid lines', () => {
    for (const lines of blocks.slice(1))
      for (const line of lines as readonly object[]) expect(packWith(line)).toMatchObject({ ok: true });
  });

  it('has a label and one line of help for every transform', () => {
    for (const { label, help } of [...Object.values(catalogue), ...Object.values(combinationHelp)]) {
      expect(label).toMatch(/^[A-Z]/);
      expect(help).toMatch(/^.{10,160}\.$/);
    }
  });
});
