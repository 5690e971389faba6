import { describe, expect, it } from 'vitest';
import { ConnectorError, type FailureClass } from '#connectors/contract/failures.ts';
import type { BackfilledRecord } from '#src/operations/mappings/backfill/backfill-records.ts';
import { watchRules } from '#src/operations/mappings/trial/dry-run-rules.ts';

const description = { object: 'Account', label: 'Account', fields: [] };
const carried: BackfilledRecord = {
  ref: '1',
  ours: 'same',
  changes: {},
  write: { operation: 'update', fields: { Name: 'x' }, changes: {} },
  refusals: [],
};
const failing = (sort: FailureClass) => ({
  writeRules: async () => {
    throw new ConnectorError({ class: sort, code: 'X', message: 'Not for you.', fix: 'Grant it.' });
  },
});

describe('a dry run that may not see the rules', () => {
  it('says so where it would write, and says nothing where it would not', async () => {
    const rules = await watchRules(failing('permission'), description, { outbound: [] });
    rules.add([], [{ ...carried, write: null }]);
    expect(rules.found()).toEqual([]);
    rules.add([], [carried]);
    expect(rules.found()).toMatchObject([{ code: 'rules_not_shown', certain: false, count: 1 }]);
    expect(rules.found()[0]?.fix).toBe('Grant it.');
  });

  it('fails, to be tried again, when the vendor could not be asked', async () => {
    await expect(watchRules(failing('retry'), description, { outbound: [] })).rejects.toThrow('Not for you.');
  });

  it('finds nothing in systems that have no rules', async () => {
    const rules = await watchRules({}, description, { outbound: [] });
    rules.add([], [carried]);
    expect(rules.found()).toEqual([]);
    expect(rules.isRefused('1')).toBe(false);
  });
});
