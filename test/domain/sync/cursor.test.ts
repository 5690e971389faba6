import { finishReading, lookBackMs, startReading } from '#src/domain/sync/cursor.ts';
import { expect, test } from 'vitest';

test('each read starts some time before the previous one began', () => {
  const first = startReading({ since: null, startedAt: null, resume: null });
  expect(first.from).toBeNull();
  const cursor = finishReading({ ...first, startedAt: '2026-11-01T08:00:00.000Z', resume: 'page 7' });
  expect(cursor).toEqual({ since: '2026-11-01T08:00:00.000Z', startedAt: null, resume: null });
  expect(Date.parse(cursor.since ?? '') - Date.parse(startReading(cursor).from ?? '')).toBe(lookBackMs);
});
