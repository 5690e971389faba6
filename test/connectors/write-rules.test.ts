import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, JsonValue, RuleVerdict } from '#connectors/connector.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { openAccount, type TestAccount } from '#test/sandbox/hubspot-account.ts';
import { control } from '#test/sandbox/salesforce-control.ts';
import { startOrg, type RunningOrg } from '#test/sandbox/salesforce-org.ts';
import { alone } from '#test/support/connector-input.ts';
import { connectOrg } from './salesforce-sample.ts';

describe('the rules of a Salesforce object', () => {
  let org: RunningOrg;
  let connector: Connector;
  beforeAll(async () => {
    org = await startOrg();
    connector = connectOrg(org);
  });
  afterAll(() => org.close());

  it('are its active validation and duplicate rules, with the words Salesforce refuses by and the fields they look at', async () => {
    const description = await connector.describe('Opportunity');
    expect(await connector.writeRules?.(description)).toEqual([]);
    const rule = { object: 'Opportunity', message: 'No debts.', field: 'Amount' };
    await control(org, 'PATCH', 'settings', {
      validationRules: [
        { ...rule, name: 'No_Debts', errorCondition: 'Amount < 0', formula: 'AND(Amount < 0, NOT(ISBLANK(CloseDate)))' },
        { ...rule, name: 'Other', errorCondition: "Name LIKE 'x%'" },
        { ...rule, object: 'Account', errorCondition: "Name = 'x'" },
      ],
      duplicateRules: [{ name: 'Same_Name', object: 'Opportunity', fields: ['Name'], action: 'block' }],
    });
    const rules = (await connector.writeRules?.(description)) ?? [];
    expect(rules).toMatchObject([
      { name: 'No_Debts', sort: 'validation', reads: ['Amount', 'CloseDate'], failure: { message: 'No debts.', fields: ['Amount'] } },
      { name: 'Other', sort: 'validation', reads: [] },
      { name: 'Same_Name', sort: 'duplicate', failure: { code: 'DUPLICATES_DETECTED' } },
    ]);
    const write = { operation: 'update', fields: { Amount: -1 }, standing: { CloseDate: '2026-01-01' } } as const;
    expect(rules.map((one) => one.judge(write))).toEqual(['refuses', 'unknown', 'unknown']);
    const failure = { code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', class: 'validation' };
    expect(rules[0]?.failure).toMatchObject(failure);
  });
});

describe('the rules of a HubSpot object', () => {
  let account: TestAccount;
  let connector: Connector;
  beforeAll(async () => {
    account = await openAccount();
    connector = createHubspot({ ...alone, settings: { basePath: account.url }, secrets: account.secrets, now: () => new Date() });
  });
  afterAll(() => account.close());

  const judge = async (property: string, ruleType: string, argument: string, values: readonly JsonValue[]): Promise<RuleVerdict[]> => {
    const validations = [{ objectType: 'deals', property, ruleType, ruleArguments: [argument] }];
    expect((await account.control('PUT', '/validations', { validations })).status).toBe(200);
    const [rule] = (await connector.writeRules?.(await connector.describe('deals'))) ?? [];
    expect(rule).toMatchObject({ name: `${property}: ${ruleType}`, failure: { code: ruleType, fields: [property] } });
    return values.map((value) => rule?.judge({ operation: 'update', fields: { [property]: value }, standing: {} }) ?? 'unknown');
  };

  it('are the validations of its properties, and what is certain of them is what the account then does', async () => {
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
        const { status } = await account.call('POST', '/crm/objects/2026-09/deals', { properties: { [property]: value ?? '' } });
        expect([ruleType, value, status]).toEqual([ruleType, value, verdicts[n] === 'refuses' ? 400 : 201]);
      }
    }
  });

  it('do not concern what is not written', async () => {
    await judge('dealname', 'MAX_LENGTH', '1', []);
    const [rule] = (await connector.writeRules?.(await connector.describe('deals'))) ?? [];
    expect(rule?.judge({ operation: 'update', fields: { amount: 1 }, standing: { dealname: 'too long' } })).toBe('passes');
  });
});
