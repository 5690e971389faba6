import { describe, expect, test } from 'vitest';
import { packFromYaml } from '#src/operations/mappings/versions/pack-yaml.ts';

const pack = (map: string) => `
system: salesforce
object: Account
kind: account
fields:
  - local: name
    remote: Name
    direction: in
    transform: {name: lookup, map: {${map}}}
`;
const values = (count: number) =>
  Array.from({ length: count }, (_, index) => `v${index}: ours${index}`).join(', ');

describe('a mapping as YAML', () => {
  test('is read in time that grows with its length, not with its square', { timeout: 20_000 }, () => {
    expect(packFromYaml(pack(values(5_000))).ok).toBe(true);
    const began = performance.now();
    const reading = packFromYaml(pack(values(50_000)));
    // Each with each they are 1,250 million comparisons: more than a minute.
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(reading).toMatchObject({
      ok: false,
      problems: [{ path: 'fields[0].transform.map', message: 'list at most 5000 values' }],
    });
  });

  test('names what is written twice in one place', () => {
    expect(packFromYaml(pack('a: x, b: y, a: z'))).toMatchObject({
      ok: false,
      problems: [{ message: 'This is not YAML: The key "a" is repeated.' }],
    });
  });

  test('may not grow by names for its parts', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...['ab', 'bc', 'cd', 'de'].map(([one, next]) => `${next}: &${next} [${`*${one},`.repeat(9)}]`),
    ];
    expect(packFromYaml(bomb.join('\n'))).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('alias') }],
    });
  });
});
