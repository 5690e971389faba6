import { describe, expect, it } from 'vitest';
import type { JudgedWrite, RuleVerdict } from '#connectors/contract/crm.ts';
import type { RemoteField } from '#connectors/contract/records.ts';
import { fieldsInFormula, parseFormula } from '#connectors/salesforce/schema/formula.ts';
import { formulaNames, judgeFormula } from '#connectors/salesforce/schema/judge-formula.ts';

const field = (name: string, type: RemoteField['type']): RemoteField => ({
  name,
  label: name,
  type,
  required: false,
  createable: true,
  updateable: true,
});
const described = formulaNames([
  field('Name', 'text'),
  field('Amount', 'number'),
  field('StageName', 'picklist'),
  field('Closed__c', 'boolean'),
  field('CloseDate', 'date'),
  field('AccountId', 'reference'),
]);

const record: JudgedWrite = {
  operation: 'update',
  fields: { Name: 'Pumps', Amount: '12.5' },
  current: {
    Name: 'Old',
    Amount: 1,
    StageName: 'Proposal',
    Closed__c: false,
    CloseDate: '2026-05-01',
    AccountId: null,
  },
};

function judged(formula: string, write: Partial<JudgedWrite> = {}): RuleVerdict | 'unreadable' {
  const parsed = parseFormula(formula);
  return parsed ? judgeFormula(parsed, { ...record, ...write }, described) : 'unreadable';
}

describe('a validation rule of Salesforce', () => {
  it('is judged by the values of the write and of the record together', () => {
    expect(judged('Amount > 12')).toBe('refuses');
    expect(judged('AMOUNT >= 12.5 && stageName = "x"')).toBe('unknown');
    expect(judged('ISPICKVAL(StageName, "Proposal") && !Closed__c')).toBe('refuses');
    expect(judged('AND(TEXT(StageName) = \'Proposal\', Name <> "Pumps")')).toBe('passes');
    expect(judged('LEN(Name) > 5')).toBe('passes');
    expect(judged('OR(ISBLANK(AccountId), ISNULL(Amount))')).toBe('refuses');
    expect(judged('CloseDate < DATE(2026, 6, 1) /* this half */')).toBe('refuses');
    expect(judged('Name = ""', { fields: { Name: null } })).toBe('refuses');
    expect(judged('ISNULL(Name)', { fields: { Name: null } })).toBe('passes');
    expect(judged('ISBLANK(Name)', { fields: { Name: '' } })).toBe('refuses');
  });

  it('binds operators as Salesforce does, comparisons before AND before OR', () => {
    expect(judged('TRUE || FALSE && FALSE')).toBe('refuses');
    expect(judged('NOT Closed__c || Amount = 1')).toBe('unreadable');
    expect(judged('!Closed__c = FALSE')).toBe('passes');
    expect(judged('Amount = -1 || Amount < -1')).toBe('passes');
  });

  it('is unknown when it needs facts that only Salesforce has, unless the rest decides it', () => {
    expect(judged('REGEX(Name, "P.*")')).toBe('unknown');
    expect(judged('AND(Amount < 0, REGEX(Name, "P.*"))')).toBe('passes');
    expect(judged('OR(Amount > 0, $Permission.Bypass)')).toBe('refuses');
    expect(judged('AND(Amount > 0, NOT($Permission.Bypass))')).toBe('unknown');
    expect(judged('Account.Name = "Acme"')).toBe('unknown');
    expect(judged('CloseDate < TODAY()')).toBe('unknown');
    expect(judged('Amount + 1 > 0')).toBe('unknown');
    expect(judged('Missing__c = 1')).toBe('unknown');
    expect(judged('AccountId = "001000000000001"')).toBe('unknown');
    expect(judged('ISBLANK(Name)', { fields: { Name: '  ' } })).toBe('unknown');
    expect(judged('Name = " a"', { fields: { Name: ' a' } })).toBe('unknown');
  });

  it('tries an empty number as nothing and as zero, and is unknown when the two differ', () => {
    const empty = { fields: { Amount: null } };
    expect(judged('Amount < 0', empty)).toBe('passes');
    expect(judged('Amount < 10', empty)).toBe('unknown');
    expect(judged('NOT(Amount < 0)', empty)).toBe('unknown');
    expect(judged('ISBLANK(Amount)', empty)).toBe('refuses');
  });

  it('knows only the written values of a new record', () => {
    const created: Partial<JudgedWrite> = { operation: 'upsert', current: {} };
    expect(judged('ISBLANK(CloseDate)', created)).toBe('unknown');
    expect(judged('ISNEW()', created)).toBe('unknown');
    expect(judged('ISNEW()')).toBe('passes');
    expect(judged('ISCHANGED(StageName)')).toBe('passes');
    expect(judged('ISCHANGED(Name)')).toBe('unknown');
  });

  it('is unknown when its text is not a formula', () => {
    for (const text of [
      '',
      'Amount <',
      'AND(Amount > 1',
      'Amount > 1)',
      'Name = "open',
      'a b',
      '#',
      "Name LIKE 'x%'",
    ]) {
      expect(judged(text)).toBe('unreadable');
    }
    expect(judged('Name = "a \\"quoted\\" name"', { fields: { Name: 'a "quoted" name' } })).toBe('refuses');
  });

  it('names the fields of the record that it reads, without those of parents and of the organisation', () => {
    const formula = parseFormula(
      'AND(Amount > 1, Account.Type = "x", NOT($User.Bypass__c), LEN(Name) > Amount)',
    );
    expect(formula && fieldsInFormula(formula)).toEqual(['Amount', 'Name']);
  });
});
