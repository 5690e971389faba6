import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { control, refusalOf } from './control.ts';
import { connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

let org: RunningOrg;
let connection: Connection;
beforeEach(async () => {
  org = await startOrg();
  connection = await connectTo(org);
});
afterEach(() => org.close());

const accounts = () => connection.sobject('Account');
const allowSave = { headers: { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' } };

describe('duplicate rules', () => {
  const rule = (action: string) => ({
    duplicateRules: [{ name: 'Same_Site', object: 'Account', fields: ['Website'], action }],
  });

  it('refuse a record like another with DUPLICATES_DETECTED, naming the rule and the match', async () => {
    const { id } = await accounts().create({ Name: 'Acme', Website: 'https://acme.example' });
    await control(org, 'PATCH', 'settings', rule('alert'));
    const refusal = await refusalOf(accounts().create({ Name: 'Acme Inc', Website: 'HTTPS://ACME.example' }));
    expect(refusal).toMatchObject({
      errorCode: 'DUPLICATES_DETECTED',
      message: 'Use one of these records?',
      data: {
        duplicateResut: {
          allowSave: true,
          duplicateRule: 'Same_Site',
          matchResults: [{ matchRecords: [{ record: { Id: id } }], size: 1 }],
        },
      },
    });
  });

  it('let an alert pass for a caller who sends allowSave, in a collection too, and a block for no caller', async () => {
    await control(org, 'PATCH', 'settings', rule('alert'));
    const twins = [
      { Name: 'One', Website: 'https://acme.example' },
      { Name: 'Two', Website: 'https://acme.example' },
    ];
    const alerted = await accounts().create(twins);
    expect(alerted.map((result) => result.success)).toEqual([true, false]);
    expect(alerted[1]?.errors[0]).toMatchObject({
      statusCode: 'DUPLICATES_DETECTED',
      duplicateResut: { allowSave: true },
    });
    expect((await accounts().create(twins, allowSave)).map((result) => result.success)).toEqual([true, true]);
    await control(org, 'PATCH', 'settings', rule('block'));
    expect((await accounts().create(twins, allowSave)).map((result) => result.success)).toEqual([
      false,
      false,
    ]);
  });

  it('never match empty fields, the record itself or a deleted one', async () => {
    await control(org, 'PATCH', 'settings', rule('block'));
    const created = await accounts().create([
      { Name: 'No site' },
      { Name: 'No site either' },
      { Name: 'Site', Website: 'https://a.example' },
    ]);
    expect(created.map((result) => result.success)).toEqual([true, true, true]);
    const id = created[2]?.id ?? '';
    expect(await accounts().update({ Id: id, Name: 'Renamed' })).toMatchObject({ success: true });
    await accounts().destroy(id);
    expect(await accounts().create({ Name: 'Again', Website: 'https://a.example' })).toMatchObject({
      success: true,
    });
  });
});

describe('duplicate rules by query', () => {
  it('are active and of an object, without what they compare and whether they block', async () => {
    const same = { name: 'Same_Site', object: 'Account', fields: ['Website'], action: 'alert' };
    await control(org, 'PATCH', 'settings', { duplicateRules: [same] });
    const soql =
      'SELECT DeveloperName, MasterLabel, SobjectType, IsActive FROM DuplicateRule WHERE IsActive = true';
    expect((await connection.query(soql)).records).toMatchObject([
      { DeveloperName: 'Same_Site', MasterLabel: 'Same Site', SobjectType: 'Account', IsActive: true },
    ]);
  });
});

describe('validation rules', () => {
  const negative = {
    object: 'Opportunity',
    errorCondition: 'Amount < 0',
    message: 'No deal below zero.',
    field: 'Amount',
  };
  const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-01' };

  it('refuse a record that meets the error condition, with the rule’s own words on its field', async () => {
    await control(org, 'PATCH', 'settings', { validationRules: [negative] });
    const results = await connection.sobject('Opportunity').create([
      { ...deal, Amount: 1 },
      { ...deal, Amount: -1 },
    ]);
    expect(results.map((result) => result.success)).toEqual([true, false]);
    expect(results[1]?.errors[0]).toEqual({
      statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message: 'No deal below zero.',
      fields: ['Amount'],
    });
  });

  it('look at the record as it would be, not only at what is sent', async () => {
    const { id = '' } = await connection.sobject('Opportunity').create({ ...deal, Amount: 5 });
    const errorCondition = "Amount > 1 AND NextStep = 'none'";
    await control(org, 'PATCH', 'settings', {
      validationRules: [{ object: 'Opportunity', errorCondition, message: 'Plan it.' }],
    });
    const refusal = await refusalOf(connection.sobject('Opportunity').update({ Id: id, NextStep: 'none' }));
    expect(refusal).toMatchObject({ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Plan it.' });
  });

  it('are refused themselves when their condition is no condition, and nothing changes', async () => {
    const answer = await control(org, 'PATCH', 'settings', {
      validationRules: [{ ...negative, errorCondition: 'Colour__c = 1' }],
    });
    expect(answer).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
    expect((await control(org, 'GET', 'settings')).body).toMatchObject({ validationRules: [] });
  });

  it('are shown by the Tooling API with their formulas, those of one at a time, as long as they are there', async () => {
    const tooling = (soql: string) =>
      connection.request<{ records: unknown[] }>(`/tooling/query?q=${encodeURIComponent(soql)}`);
    const formula = 'AND(Amount < 0, NOT(ISNEW()))';
    await control(org, 'PATCH', 'settings', {
      validationRules: [
        { ...negative, name: 'Not_Negative', formula },
        { object: 'Account', errorCondition: "Name = 'x'", message: 'No.' },
      ],
    });
    const ofObject =
      "FROM ValidationRule WHERE EntityDefinition.QualifiedApiName = 'Opportunity' AND Active = true ORDER BY ValidationName";
    const { records } = await tooling(
      `SELECT ValidationName, ErrorMessage, EntityDefinition.QualifiedApiName ${ofObject}`,
    );
    expect(records).toMatchObject([
      {
        ValidationName: 'Not_Negative',
        ErrorMessage: 'No deal below zero.',
        EntityDefinition: { QualifiedApiName: 'Opportunity' },
      },
    ]);
    expect((await tooling(`SELECT Metadata ${ofObject}`)).records).toMatchObject([
      {
        Metadata: {
          active: true,
          errorConditionFormula: formula,
          errorDisplayField: 'Amount',
          errorMessage: 'No deal below zero.',
        },
      },
    ]);
    const refusal = await refusalOf(tooling('SELECT Metadata FROM ValidationRule'));
    expect(refusal).toMatchObject({
      errorCode: 'MALFORMED_QUERY',
      message: expect.stringContaining('no more than one row'),
    });
    await control(org, 'PATCH', 'settings', { validationRules: [] });
    expect((await tooling('SELECT Id FROM ValidationRule')).records).toEqual([]);
  });
});

describe('the daily limit', () => {
  it('answers 403 REQUEST_LIMIT_EXCEEDED once the day’s calls are used, until they are a day old', async () => {
    await control(org, 'PATCH', 'settings', { dailyCalls: 2 });
    await connection.query('SELECT Id FROM Account');
    await connection.query('SELECT Id FROM Account');
    expect(connection.limitInfo.apiUsage).toEqual({ used: 2, limit: 2 });
    const refusal = await refusalOf(connection.query('SELECT Id FROM Account'));
    expect(refusal).toMatchObject({
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
      message: 'TotalRequests Limit exceeded.',
    });
    expect(org.calls()).toBe(2);
    org.advance(24 * 3_600_000);
    connection = await connectTo(org);
    await connection.query('SELECT Id FROM Account');
    expect(connection.limitInfo.apiUsage).toEqual({ used: 1, limit: 2 });
  });

  it('is not changed by a request that names an unknown setting', async () => {
    expect(await control(org, 'PATCH', 'settings', { dailyCals: 1 })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_INPUT' }],
    });
  });
});

describe('rows that faults strike', () => {
  it('are locked, every nth of a call, while the others are saved', async () => {
    org.faults.add({ vendor: 'salesforce', match: { times: 1 }, fault: { kind: 'lock_row', every: 2 } });
    const results = await accounts().create(Array.from({ length: 4 }, (_, n) => ({ Name: `Row ${n}` })));
    expect(results.map((result) => result.success)).toEqual([true, false, true, false]);
    expect(results[1]?.errors[0]).toMatchObject({ statusCode: 'UNABLE_TO_LOCK_ROW' });
    expect((await connection.query('SELECT COUNT() FROM Account')).totalSize).toBe(2);
  });

  it('are refused permanently where the rule names them', async () => {
    org.faults.add({ vendor: 'salesforce', fault: { kind: 'partial', rows: [0, 2] } });
    const results = await accounts().create(Array.from({ length: 3 }, (_, n) => ({ Name: `Row ${n}` })));
    expect(results.map((result) => result.success)).toEqual([false, true, false]);
  });

  it('are locked in single calls too', async () => {
    org.faults.add({
      vendor: 'salesforce',
      match: { method: 'POST', times: 1 },
      fault: { kind: 'lock_row' },
    });
    expect(await refusalOf(accounts().create({ Name: 'Locked' }))).toMatchObject({
      errorCode: 'UNABLE_TO_LOCK_ROW',
    });
    expect(await accounts().create({ Name: 'Locked' })).toMatchObject({ success: true });
  });
});
