import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { control, refusalOf } from './control.ts';
import { connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

interface Sub {
  readonly body: unknown;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

let org: RunningOrg;
let connection: Connection;
beforeEach(async () => {
  org = await startOrg();
  connection = await connectTo(org);
});
afterEach(() => org.close());

const base = '/services/data/v67.0';
const post = <T>(path: string, body: object): Promise<T> =>
  connection.request<T>({
    method: 'POST',
    url: path,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
const composite = async (compositeRequest: object[], allOrNone = false): Promise<Sub[]> =>
  (await post<{ compositeResponse: Sub[] }>('/composite', { allOrNone, compositeRequest })).compositeResponse;
const create = (referenceId: string, fields: object, object = 'Account') => ({
  method: 'POST',
  url: `${base}/sobjects/${object}`,
  referenceId,
  body: fields,
});
const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-01' };
const names = async () =>
  (await connection.query('SELECT Name FROM Account ORDER BY Name')).records.map((row) => row['Name']);

describe('composite', () => {
  it('puts the answers of earlier subrequests into later ones, and counts as one call', async () => {
    const before = org.calls();
    const answers = await composite([
      create('account', { Name: 'Acme' }),
      create('deal', { ...deal, AccountId: '@{account.id}' }, 'Opportunity'),
      {
        method: 'GET',
        url: `${base}/query?q=SELECT+Id,Name+FROM+Account+WHERE+Id='@{account.id}'`,
        referenceId: 'found',
      },
      {
        method: 'PATCH',
        url: `${base}/sobjects/Account/@{found.records[0].Id}`,
        referenceId: 'renamed',
        body: { Name: '@{found.records[0].Name} AB' },
      },
    ]);
    expect(answers.map((answer) => [answer.referenceId, answer.httpStatusCode])).toEqual([
      ['account', 201],
      ['deal', 201],
      ['found', 200],
      ['renamed', 204],
    ]);
    expect(org.store.calls('salesforce').slice(before)).toMatchObject([
      { summary: 'composite × 4', status: 200 },
    ]);
    expect((await connection.query('SELECT Account.Name FROM Opportunity')).records).toMatchObject([
      { Account: { Name: 'Acme AB' } },
    ]);
  });

  it('goes on past a failure, except where a later subrequest refers to it', async () => {
    const answers = await composite([
      create('bad', { Name: '' }),
      create('deal', { ...deal, AccountId: '@{bad.id}' }, 'Opportunity'),
      create('good', { Name: 'Good' }),
    ]);
    expect(answers).toMatchObject([
      { httpStatusCode: 400, body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }] },
      { httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED' }] },
      { httpStatusCode: 201 },
    ]);
    expect(await names()).toEqual(['Good']);
  });

  it('takes everything back when all or none are wanted and one fails', async () => {
    const { id = '' } = await connection.sobject('Account').create({ Name: 'Old' });
    const answers = await composite(
      [
        create('first', { Name: 'First' }),
        {
          method: 'PATCH',
          url: `${base}/sobjects/Account/${id}`,
          referenceId: 'renamed',
          body: { Name: 'New' },
        },
        {
          method: 'POST',
          url: `${base}/composite/sobjects`,
          referenceId: 'more',
          body: { records: [{ attributes: { type: 'Account' }, Name: 'More' }] },
        },
        create('bad', { Name: '' }),
      ],
      true,
    );
    expect(answers.map((answer) => (answer.body as { errorCode: string }[])[0]?.errorCode)).toEqual([
      'PROCESSING_HALTED',
      'PROCESSING_HALTED',
      'PROCESSING_HALTED',
      'REQUIRED_FIELD_MISSING',
    ]);
    expect(await names()).toEqual(['Old']);
  });

  it('keeps what came before a collection that rolls back its own rows', async () => {
    const records = [{ attributes: { type: 'Account' }, Name: 'Row' }, { attributes: { type: 'Account' } }];
    await composite([
      create('first', { Name: 'First' }),
      {
        method: 'POST',
        url: `${base}/composite/sobjects`,
        referenceId: 'rows',
        body: { allOrNone: true, records },
      },
    ]);
    expect(await names()).toEqual(['First']);
  });

  it('honours the headers of each subrequest', async () => {
    const rule = { name: 'Same', object: 'Account', fields: ['Name'], action: 'alert' };
    await control(org, 'PATCH', 'settings', { duplicateRules: [rule] });
    const allowed = {
      ...create('third', { Name: 'Acme' }),
      httpHeaders: { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' },
    };
    const answers = await composite([
      create('first', { Name: 'Acme' }),
      create('second', { Name: 'Acme' }),
      allowed,
    ]);
    expect(answers.map((answer) => answer.httpStatusCode)).toEqual([201, 400, 201]);
  });

  it('takes at most 25 subrequests, five of them queries or collections', async () => {
    const many = Array.from({ length: 26 }, (_, n) => create(`r${n}`, { Name: 'A' }));
    const queries = Array.from({ length: 6 }, (_, n) => ({
      method: 'GET',
      url: `${base}/query?q=SELECT+Id+FROM+Account`,
      referenceId: `q${n}`,
    }));
    for (const requests of [many, queries])
      expect(await refusalOf(composite(requests))).toMatchObject({ errorCode: 'LIMIT_EXCEEDED' });
    expect(await names()).toEqual([]);
  });
});

describe('composite graph', () => {
  interface Graphs {
    readonly graphs: {
      graphId: string;
      isSuccessful: boolean;
      graphResponse: { compositeResponse: Sub[] };
    }[];
  }
  const good = (n: number) => ({
    graphId: `good${n}`,
    compositeRequest: [
      create('account', { Name: `Good ${n}` }),
      create('deal', { ...deal, AccountId: '@{account.id}' }, 'Opportunity'),
    ],
  });
  const bad = (n: number) => ({
    graphId: `bad${n}`,
    compositeRequest: [create('account', { Name: `Bad ${n}` }), create('nameless', {})],
  });

  it('saves each graph wholly or not at all', async () => {
    const { graphs } = await post<Graphs>('/composite/graph', { graphs: [good(1), bad(1), good(2)] });
    expect(graphs.map((graph) => graph.isSuccessful)).toEqual([true, false, true]);
    expect(await names()).toEqual(['Good 1', 'Good 2']);
  });

  it('gives up after fourteen failed graphs: the others are PROCESSING_HALTED and saved later', async () => {
    const failing = Array.from({ length: 14 }, (_, n) => bad(n));
    const { graphs } = await post<Graphs>('/composite/graph', { graphs: [...failing, good(1)] });
    expect(graphs.at(-1)).toMatchObject({
      isSuccessful: false,
      graphResponse: { compositeResponse: [{ body: [{ errorCode: 'PROCESSING_HALTED' }] }, {}] },
    });
    expect(await names()).toEqual([]);
  });
});
