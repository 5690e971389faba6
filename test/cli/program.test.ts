import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openProgramDraft } from '#src/db/program/draft-store.ts';
import { approveProgram } from '#src/operations/program/decide-program.ts';
import { programText } from '#test/operations/program/program-fixture.ts';
import { addPerson } from '#test/support/people/people.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { runCommand } from '#test/cli/run-command.ts';

let service: TestDeps;
let folder: string;
let printed: string[] = [];
beforeAll(async () => {
  service = await startDeps();
  folder = mkdtempSync(join(tmpdir(), 'fairway-program-'));
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  await addPerson(service.deps, { name: 'Olga', role: 'ops' });
});
beforeEach(() => {
  printed = [];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  await service[Symbol.asyncDispose]();
});

function fileWith(text: string): string {
  const path = join(folder, 'programme.yaml');
  writeFileSync(path, text);
  return path;
}

const shorter = programText(({ protection }) => ({
  protection: { ...protection, days: 60 },
}));

describe('fairway program', () => {
  test('exports the version in force, which is valid and has no difference to itself', async () => {
    expect(await runCommand(['program', 'export'])).toBe(0);
    const file = fileWith(printed.join(''));
    printed = [];
    expect(await runCommand(['program', 'validate', file])).toBe(0);
    expect(printed[0]).toMatch(/programme\.yaml: valid, content [0-9a-f]{12}$/);
    printed = [];
    expect(await runCommand(['program', 'diff', '1', file])).toBe(0);
    expect(printed).toEqual(['No difference.']);
  });

  test('validate and test name what is wrong with exit code 1', async () => {
    const wrong = fileWith(shorter.replace('days: 60', 'days: sixty'));
    expect(await runCommand(['program', 'validate', wrong])).toBe(1);
    expect(printed).toEqual([
      `${wrong}: 1 to correct`,
      '  protection.days: "sixty" does not fit. Use a whole number of days from 1 to 1095, such as 90.',
    ]);
    printed = [];
    const failing = fileWith(
      shorter.replace(
        'tests: []',
        'tests: [{name: Gold, invoice: {issuedOn: 2026-06-15, tier: Gold, amount: 1000 USD}, expect: {earns: {commission: 90 USD}}}]',
      ),
    );
    expect(await runCommand(['program', 'test', failing])).toBe(1);
    expect(printed).toEqual([
      'FAILED  Gold',
      '        earns is commission 100.00 USD instead of commission 90.00 USD.',
      '0 passed, 1 failed',
    ]);
    await expect(
      runCommand(['program', 'publish', failing], { as: 'olga@vendor.test' }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Test "Gold": earns is commission 100.00 USD'),
    });
    await expect(runCommand(['program', 'validate', join(folder, 'none.yaml')])).rejects.toThrow(
      'none.yaml cannot be read (ENOENT).',
    );
  });

  test('publish submits, a second person approves, and list and diff show it', async () => {
    const file = fileWith(shorter);
    const options = { as: 'olga@vendor.test', note: 'Shorter' };
    await expect(runCommand(['program', 'publish', file], { ...options, from: '2026-2-30' })).rejects.toThrow(
      '--from "2026-2-30" is not a date like 2026-12-01.',
    );
    expect(await runCommand(['program', 'publish', file], options)).toBe(0);
    expect(printed).toEqual([`${file}: submitted. Another person must approve it.`]);
    printed = [];
    await runCommand(['program', 'publish', file], options);
    expect(printed).toEqual([`${file}: was submitted before and waits for approval.`]);
    const open = await openProgramDraft(service.deps.db);
    const { id: personId } = await addPerson(service.deps, { name: 'Pia', role: 'admin' });
    await approveProgram(service.deps, { draftId: open?.id ?? '', personId });
    printed = [];
    await runCommand(['program', 'list']);
    expect(printed).toEqual([
      expect.stringMatching(/^1 {2}Partner programme, from the beginning, content [0-9a-f]{12}$/),
      expect.stringMatching(/^2 {2}Partner programme, from \d{4}-\d\d-\d\d, content [0-9a-f]{12}, in force$/),
    ]);
    printed = [];
    await runCommand(['program', 'diff', '1', '2']);
    expect(printed).toEqual(['Protection: 90 days → 60 days']);
    printed = [];
    await runCommand(['program', 'publish', file], options);
    expect(printed).toEqual([`${file}: is the latest version already (version 2).`]);
    await expect(runCommand(['program', 'export', '7'])).rejects.toThrow(
      'There is no version 7 of the programme.',
    );
  });
});
