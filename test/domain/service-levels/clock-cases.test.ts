import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runClockCase } from '#src/cli/cases/clock-case.ts';

const file = new URL('./given-cases.json', import.meta.url);
const given = z
  .array(z.looseObject({ id: z.string(), title: z.string() }))
  .parse(JSON.parse(readFileSync(file, 'utf8')));

describe('the worked cases of service-level clocks', () => {
  test.each(given.map((one) => [`${one.id} ${one.title}`, one] as const))('%s', (_title, one) => {
    expect(runClockCase(one).differences).toEqual([]);
  });

  test('a case that expects something else fails and names where', () => {
    const [first] = given;
    const expected = { ...z.looseObject({}).parse(first?.['expected']), budgetSeconds: 57_601 };
    const result = runClockCase({ id: 'X', title: '', ...first, expected });
    expect(result.differences).toEqual(['budgetSeconds is 57600, expected 57601']);
  });

  test('a case that cannot be read fails, and names the field', () => {
    const result = runClockCase({ id: 'X', title: '', ...given[0], target: { kind: 'fortnights' } });
    expect(result.differences).toEqual([expect.stringContaining('target')]);
  });
});
