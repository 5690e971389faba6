import type * as cursor from '#src/domain/sync/cursor.ts';
import type * as existence from '#src/domain/sync/existence.ts';
import type * as intent from '#src/domain/sync/intent.ts';
import type * as mergeRecord from '#src/domain/sync/merge-record.ts';
import type * as replacesStored from '#src/domain/sync/replaces-stored.ts';
import type * as shadow from '#src/domain/sync/shadow.ts';
import type * as remoteState from '#src/domain/sync/remote-state.ts';
import { afterEach, expect, test, vi } from 'vitest';

/** The rules by the names of their files in `src/domain/sync`. */
interface Rules {
  readonly cursor: typeof cursor;
  readonly existence: typeof existence;
  readonly intent: typeof intent;
  readonly 'merge-record': typeof mergeRecord;
  readonly 'replaces-stored': typeof replacesStored;
  readonly shadow: typeof shadow;
  readonly 'remote-state': typeof remoteState;
}

/** Most are found within hundreds; the rarest coincidence takes some thousands. */
const runs = 20_000;

/** Runs the simulation with one of the product's own rules broken, and returns what it found. */
async function findingsWith<File extends keyof Rules>(
  file: File,
  broken: (rules: Rules[File]) => Partial<Rules[File]>,
  most = runs,
): Promise<string> {
  vi.resetModules();
  vi.doMock(`#src/domain/sync/${file}.ts`, async (original) => {
    const rules = await original<Rules[File]>();
    return { ...rules, ...broken(rules) };
  });
  const { checkSchedules } = await import('./planner.ts');
  try {
    checkSchedules({ seed: 1, runs: most });
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    vi.doUnmock(`#src/domain/sync/${file}.ts`);
  }
}

vi.setConfig({ testTimeout: 60_000 });
afterEach(() => vi.resetModules());

test('an unbroken planner keeps its promises', async () => {
  expect(await findingsWith('cursor', () => ({}), 2_000)).toBe('nothing');
});

test('reading without a look-back is found out: rows that become visible late are missed', async () => {
  const found = await findingsWith('cursor', () => ({
    startReading: (position) => ({ ...position, from: position.since }),
  }));
  expect(found).toContain('breaks a promise');
});

test('ignoring the shadow as the base is found out: an edit in Fairway loses to the value from before', async () => {
  const found = await findingsWith('merge-record', ({ mergeRecord: merge }) => ({
    mergeRecord: (fields, sides) => merge(fields, { ...sides, bases: {} }),
  }));
  expect(found).toContain('is lost without a word');
});

test('taking each view for the truth is found out: a stale page makes our own write look like an edit', async () => {
  const found = await findingsWith('remote-state', () => ({
    includesLastWrite: () => true,
    knownRemoteFields: ({ view, shadow: known }) => view?.fields ?? known?.fields ?? {},
  }));
  expect(found).toContain('breaks a promise');
});

test('an outcome that closes a newer intent is found out', async () => {
  expect(await findingsWith('intent', () => ({ isSettledBy: () => true }))).toContain(
    'is called done, and was never accepted',
  );
});

test('an older intent that stays in place of a newer one is found out', async () => {
  const found = await findingsWith('intent', () => ({ supersede: (open, next) => open ?? next }));
  expect(found).toMatch(/went out after plan/);
});

test('writing without looking again is found out: it overwrites an unseen value', async () => {
  expect(await findingsWith('intent', () => ({ outdatedFields: () => [] }))).toContain('breaks a promise');
});

test('forgetting what was sent without an answer is found out: our own write comes back as a conflict', async () => {
  expect(await findingsWith('shadow', () => ({ withAttempt: (known) => known }))).toMatch(
    /which nobody set in the CRM|is lost without a word/,
  );
});

test('trusting a page that was asked for while a write was under way is found out', async () => {
  expect(await findingsWith('remote-state', () => ({ needsRefetch: () => false }))).toContain(
    'breaks a promise',
  );
});

test('letting a late page replace a newer one is found out', async () => {
  expect(await findingsWith('replaces-stored', () => ({ replacesStored: () => true }))).toContain(
    'came back after',
  );
});

test('reading a tombstone for values is found out: blanks become edits', async () => {
  expect(await findingsWith('existence', () => ({ existenceOf: () => 'exists' }))).toContain(
    'breaks a promise',
  );
});
