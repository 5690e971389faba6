import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector, RuleVerdict } from '#connectors/contract/crm.ts';
import type { JsonValue } from '#connectors/contract/records.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { openAccount, type TestAccount } from '#test/sandbox/hubspot/account.ts';
import { control } from '#test/sandbox/salesforce/control.ts';
import { startOrg, type RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { alone } from '#test/support/connector-input.ts';
import { connectOrg } from './salesforce/sample.ts';

describe('the rules of a Salesforce object', () => {
  let org: RunningOrg;
  let connector: CrmConnector;
  beforeAll(async () => {
    org = await startOrg();
    connector = connectOrg(org);
  });
  afterAll(() => org.close());

  it('are its active validation and duplicate rules, with Salesforce’s message and the fields they read', async () => {
    const description = await connector.describe('Opportunity');
    expect(await connector.writeRules?.(description)).toEqual([]);
    const rule = { object: 'Opportunity', message: 'No debts.', field: 'Amount' };
    await control(org, 'PATCH', 'settings', {
      validationRules: [
        {
          ...rule,
          name: 'No_Debts',
          errorCondition: 'Amount < 0',
          formula: 'AND(Amount < 0, NOT(ISBLANK(CloseDate)))',
        },
        { ...rule, name: 'Other', errorCondition: "Name LIKE 'x%'" },
        { ...rule, object: 'Account', errorCondition: "Name = 'x'" },
      ],
      duplicateRules: [{ name: 'Same_Name', object: 'Opportunity', fields: ['Name'], action: 'block' }],
    });
    const rules = (await connector.writeRules?.(description)) ?? [];
    expect(rules).toMatchObject([
      {
        name: 'No_Debts',
        kind: 'validation',
        reads: ['Amount', 'CloseDate'],
        failure: { message: 'No debts.', fields: ['Amount'] },
      },
      { name: 'Other', kind: 'validation', reads: [] },
      { name: 'Same_Name', kind: 'duplicate', failure: { code: 'DUPLICATES_DETECTED' } },
    ]);
    const write = {
      operation: 'update',
      fields: { Amount: -1 },
      current: { CloseDate: '2026-01-01' },
    } as const;
    expect(rules.map((one) => one.judge(write))).toEqual(['refuses', 'unknown', 'unknown']);
    expect(rules[0]?.failure).toMatchObject({
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      class: 'validation',
    });
  });

  it('beyond the first fifty, by name, have no formula', async () => {
    const rule = { object: 'Opportunity', message: 'No debts.', errorCondition: 'Amount < 0' };
    const validationRules = Array.from({ length: 51 }, (_, n) => ({ ...rule, name: `Rule_${10 + n}` }));
    await control(org, 'PATCH', 'settings', { validationRules, duplicateRules: [] });
    const before = connector.calls();
    const rules = (await connector.writeRules?.(await connector.describe('Opportunity'))) ?? [];
    expect(connector.calls() - before).toBe(53);
    const write = { operation: 'update', fields: { Amount: -1 }, current: {} } as const;
    expect(rules.map((one) => one.judge(write)).slice(-2)).toEqual(['refuses', 'unknown']);
  });

  it('are hidden when validation rules are not shown, and contain no duplicate rules when the org has none', async () => {
    const description = await connector.describe('Opportunity');
    const hide = (path: string) => {
      const body = [{ errorCode: 'INVALID_TYPE', message: 'not supported' }];
      org.faults.add({ vendor: 'salesforce', match: { path }, fault: { kind: 'status', status: 400, body } });
    };
    hide('DuplicateRule');
    expect((await connector.writeRules?.(description))?.map(({ kind }) => kind)).toEqual(
      Array(51).fill('validation'),
    );
    hide('ValidationRule');
    await expect(connector.writeRules?.(description)).rejects.toMatchObject({
      failure: { class: 'permission', fix: expect.stringContaining('View Setup and Configuration') },
    });
    org.faults.clear();
  });
});

describe('the rules of a HubSpot object', () => {
  let account: TestAccount;
  let connector: CrmConnector;
  beforeAll(async () => {
    account = await openAccount();
    connector = createHubspot({
      ...alone,
      settings: { basePath: account.url },
      secrets: account.secrets,
      now: () => new Date(),
    });
  });
  afterAll(() => account.close());

  const judge = async (
    property: string,
    ruleType: string,
    argument: string,
    values: readonly JsonValue[],
  ): Promise<RuleVerdict[]> => {
    const validations = [{ objectType: 'deals', property, ruleType, ruleArguments: [argument] }];
    expect((await account.control('PUT', '/validations', { validations })).status).toBe(200);
    const [rule] = (await connector.writeRules?.(await connector.describe('deals'))) ?? [];
    expect(rule).toMatchObject({
      name: `${property}: ${ruleType}`,
      failure: { code: ruleType, fields: [property] },
    });
    return values.map(
      (value) =>
        rule?.judge({ operation: 'update', fields: { [property]: value }, current: {} }) ?? 'unknown',
    );
  };

  it('are the validations of its properties, and their certain verdicts are what the account then does', async () => {
    const cases = [
      ['dealname', 'MIN_LENGTH', '3', ['ab', 'abc', ''], ['refuses', 'passes', 'passes']],
      ['dealname', 'MAX_LENGTH', '3', ['abc', 'abcd', null], ['passes', 'refuses', 'passes']],
      ['amount', 'MIN_NUMBER', '1', ['0.99', 1], ['refuses', 'passes']],
      ['amount', 'MAX_NUMBER', '10', [10, '10.01'], ['passes', 'refuses']],
      ['dealname', 'ALPHANUMERIC', 'NUMERIC_ONLY', ['12', '1a', '1-2'], ['passes', 'refuses', 'unknown']],
      ['dealname', 'ALPHANUMERIC', 'ALPHA_ONLY', ['ab', 'a1', 'ä b'], ['passes', 'refuses', 'unknown']],
      ['dealname', 'REGEX', 'a+', ['aa', 'b'], ['unknown', 'unknown']],
    ] as const;
    for (const [property, ruleType, argument, values, verdicts] of cases) {
      expect(await judge(property, ruleType, argument, values)).toEqual(verdicts);
      for (const [n, value] of values.entries()) {
        if (verdicts[n] === 'unknown') continue;
        const { status } = await account.call('POST', '/crm/objects/2026-09/deals', {
          properties: { [property]: value ?? '' },
        });
        expect([ruleType, value, status]).toEqual([ruleType, value, verdicts[n] === 'refuses' ? 400 : 201]);
      }
    }
  });

  it('do not concern values that are not written', async () => {
    await judge('dealname', 'MAX_LENGTH', '1', []);
    const [rule] = (await connector.writeRules?.(await connector.describe('deals'))) ?? [];
    expect(
      rule?.judge({ operation: 'update', fields: { amount: 1 }, current: { dealname: 'too long' } }),
    ).toBe('passes');
  });
});
