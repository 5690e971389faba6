import nock from 'nock';
import { describe, expect, it } from 'vitest';
import type { CrmConnector, PushBatch } from '#connectors/contract/crm.ts';
import type { CallGate } from '#connectors/contract/limits.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { alone } from '#test/support/connector-input.ts';
import { answerOnlyByNock } from '#test/support/nock-only.ts';

/** HubSpot's answers that the sandbox does not give. */
const base = 'https://api.hubapi.com';
const connect = (gate: CallGate = alone.gate): CrmConnector =>
  createHubspot({
    ...alone,
    gate,
    settings: {},
    secrets: { accessToken: 'pat-edge' },
    now: () => new Date(),
  });
const deals: PushBatch = {
  object: 'deals',
  operation: 'update',
  keyField: null,
  writes: ['1', '2', '3', '4'].map((extId) => ({
    id: `w${extId}`,
    extId,
    keyValue: null,
    fields: { amount: extId },
  })),
};

answerOnlyByNock();

describe('hubspot: batches refused as a whole', () => {
  const batchPath = '/crm/objects/2026-09/deals/batch/update';
  const idsIn = async (request: Request): Promise<string[]> =>
    ((await request.json()) as { inputs: { id: string }[] }).inputs.map((row) => row.id);
  const accepted = (ids: readonly string[]): object => ({
    results: ids.map((id) => ({ id, properties: {}, updatedAt: '2026-11-20T08:00:00Z' })),
  });

  it('halves the batch until only the bad row fails, also with an error in the older format', async () => {
    const problem = [
      {
        isValid: false,
        message: 'A close reason is required.',
        error: 'REQUIRED_FIELD',
        name: 'closed_lost_reason',
      },
    ];
    nock(base)
      .post(batchPath)
      .times(10)
      .reply(async (request: Request) => {
        const ids = await idsIn(request);
        if (ids.includes('3'))
          return [
            400,
            {
              category: 'VALIDATION_ERROR',
              message: `Property values were not valid: ${JSON.stringify(problem)}`,
            },
          ];
        return [200, accepted(ids)];
      });
    const connector = connect();
    const outcomes = await connector.push(deals);
    expect(outcomes.filter((outcome) => outcome.ok).map((outcome) => outcome.id)).toEqual(['w1', 'w2', 'w4']);
    expect(outcomes.find((outcome) => !outcome.ok)).toMatchObject({
      id: 'w3',
      failure: {
        class: 'validation',
        code: 'REQUIRED_FIELD',
        message: 'A close reason is required.',
        fields: ['closed_lost_reason'],
      },
    });
    expect(connector.calls()).toBe(5);
  });

  it('returns the outcomes of the first batch when a later one cannot be sent', async () => {
    const writes = Array.from({ length: 101 }, (_, n) => ({
      id: `w${n}`,
      extId: String(n),
      keyValue: null,
      fields: { amount: '1' },
    }));
    nock(base)
      .post(batchPath)
      .reply(async (request: Request) => [200, accepted(await idsIn(request))]);
    nock(base).post(batchPath).reply(403, { category: 'MISSING_SCOPES', message: 'No longer allowed.' });
    const outcomes = await connect().push({ ...deals, writes });
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(100);
    expect(outcomes.at(-1)).toMatchObject({ id: 'w100', ok: false, failure: { class: 'permission' } });
  });

  it('reports a row that is missing in the answer as one to retry', async () => {
    nock(base).post(batchPath).reply(200, { results: [] });
    expect((await connect().push({ ...deals, writes: deals.writes.slice(0, 1) }))[0]).toMatchObject({
      ok: false,
      failure: { class: 'retry', code: 'NO_ANSWER' },
    });
  });

  it('reports a row that failed for an internal reason as one to retry', async () => {
    const errors = ['INTERNAL_ERROR', 'UNKNOWN'].map((category, n) => ({
      category,
      message: 'Something went wrong.',
      context: { objectWriteTraceId: [`w${n + 1}`] },
    }));
    nock(base).post(batchPath).reply(207, { results: [], errors });
    const outcomes = await connect().push({ ...deals, writes: deals.writes.slice(0, 2) });
    expect(outcomes).toMatchObject([{ failure: { class: 'retry' } }, { failure: { class: 'retry' } }]);
  });

  it('identifies rows without a trace id by their record', async () => {
    nock(base)
      .post(batchPath)
      .reply(207, {
        ...accepted(['1']),
        errors: [{ category: 'OBJECT_NOT_FOUND', message: 'Not there.', context: { ids: ['2'] } }],
      });
    const outcomes = await connect().push({ ...deals, writes: deals.writes.slice(0, 2) });
    expect(outcomes).toMatchObject([
      { id: 'w1', ok: true, modifiedAt: '2026-11-20T08:00:00.000Z' },
      { id: 'w2', ok: false, failure: { class: 'gone' } },
    ]);
  });

  it('never repeats an older write after a newer one to the same record was accepted', async () => {
    const errors = [
      {
        category: 'CONFLICT',
        message: 'Another write is in progress.',
        context: { objectWriteTraceId: ['old'] },
      },
    ];
    nock(base).post(batchPath).reply(207, { results: [], errors });
    nock(base)
      .post(batchPath)
      .reply(200, accepted(['1']));
    const writes = ['old', 'new'].map((id) => ({ id, extId: '1', keyValue: null, fields: { amount: id } }));
    expect(await connect().push({ ...deals, writes })).toMatchObject([
      { id: 'old', ok: false, failure: { class: 'retry', code: 'CONFLICT' } },
      { id: 'new', ok: true },
    ]);
  });
});
