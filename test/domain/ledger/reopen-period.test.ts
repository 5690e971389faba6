import { describe, expect, it } from 'vitest';
import { areSameBatches, reopeningBlockers } from '#src/domain/ledger/reopen-period.ts';

const batch = (key: string, status: 'draft' | 'submitted' | 'approved' | 'exported', contentHash = 'h') => ({
  key,
  status,
  contentHash,
});

describe('a close', () => {
  it('can be taken back while its batches are drafts or only submitted', () => {
    const batches = [batch('2026-10-USD', 'draft'), batch('2026-10-EUR', 'submitted')];
    expect(reopeningBlockers('2026-10', { lastClosed: '2026-10', batches })).toEqual([]);
    expect(reopeningBlockers('2026-10', { lastClosed: '2026-10', batches: [] })).toEqual([]);
  });

  it('cannot be taken back once something of it was approved or exported', () => {
    const batches = [batch('2026-10-USD', 'approved'), batch('2026-10-EUR', 'exported')];
    expect(reopeningBlockers('2026-10', { lastClosed: '2026-10', batches })).toEqual([
      'Payout batch 2026-10-USD is approved. Return it to draft first.',
      'Payout batch 2026-10-EUR is exported. Correct it in the next open month.',
    ]);
  });

  it('cannot be taken back unless it is the last one', () => {
    expect(reopeningBlockers('2026-09', { lastClosed: '2026-10', batches: [] })).toHaveLength(1);
    expect(reopeningBlockers('2026-09', { lastClosed: null, batches: [] })).toHaveLength(1);
  });
});

describe('the batches that two people look at', () => {
  it('are the same only with the same keys and contents', () => {
    const one = [batch('a', 'draft'), batch('b', 'draft')];
    expect(areSameBatches(one, one.toReversed())).toBe(true);
    expect(areSameBatches(one, [batch('a', 'draft')])).toBe(false);
    expect(areSameBatches(one, [batch('a', 'draft'), batch('b', 'draft', 'other')])).toBe(false);
    expect(areSameBatches(one, [batch('a', 'draft'), batch('c', 'draft')])).toBe(false);
  });
});
