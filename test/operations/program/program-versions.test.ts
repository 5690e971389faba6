import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProgramDraft } from '#src/db/program/draft-store.ts';
import { insertProgram, listPrograms } from '#src/db/program/program-store.ts';
import { programToJson } from '#src/domain/program/codec.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { programHash } from '#src/domain/program/document/document.ts';
import { documentOf } from '#src/domain/program/document/program-of.ts';
import { currentProgram, programMonths } from '#src/operations/program/current-program.ts';
import { approveProgram, rejectProgram } from '#src/operations/program/decide-program.ts';
import {
  discardProgramDraft,
  draftProgram,
  saveProgramDraft,
} from '#src/operations/program/draft-program.ts';
import { importProgram } from '#src/operations/program/import-program.ts';
import { programShown } from '#src/operations/program/program-shown.ts';
import { submitProgram } from '#src/operations/program/submit-program.ts';
import { addPerson } from '#test/support/people/people.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { programText, publishProgram, withProtection } from './program-fixture.ts';

let test: TestDeps;
beforeEach(async () => {
  test = await startDeps({ now: '2026-11-18T10:00:00Z' });
});
afterEach(() => test[Symbol.asyncDispose]());

const person = async (name: string) => (await addPerson(test.deps, { name, role: 'ops' })).id;
const inForce = async () => {
  const { version, program } = await currentProgram(test.deps);
  return { version, days: program.protectionDays };
};

describe('a programme', () => {
  it('is Fairway’s own in a new installation, and the one of before documents in an older one', async () => {
    expect(await currentProgram(test.deps)).toMatchObject({ version: 1, program: defaultProgram });
    await using older = await startDeps({ now: '2026-11-18T10:00:00Z' });
    const body = programToJson({ ...defaultProgram, protectionDays: 75 });
    await insertProgram(older.deps.db, {
      version: 1,
      name: 'Own',
      body,
      hash: 'of its time',
      publishedAt: older.deps.clock(),
    });
    const { program, document, version } = await currentProgram(older.deps);
    expect([version, program.protectionDays, document.protection.days]).toEqual([1, 75, 75]);
    expect(program).toEqual({ ...defaultProgram, protectionDays: 75 });
    expect(await publishProgram(older.deps, withProtection(60))).toMatchObject({ version: 2 });
    expect((await listPrograms(older.deps.db))[0]?.hash).toBe('of its time');
  });

  it('is drafted, corrected, submitted and approved by a second person, and nothing changes before that', async () => {
    const { deps } = test;
    await currentProgram(deps);
    const [author, editor, approver] = [await person('Ada'), await person('Ben'), await person('Cleo')];
    const draft = await draftProgram(deps, { text: 'name: [', personId: author });
    const submission = { note: 'Shorter', effectiveOn: null, personId: author };
    await expect(submitProgram(deps, { ...submission, revision: draft.revision })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('This is not YAML'),
    });
    await expect(draftProgram(deps, { text: withProtection(30), personId: editor })).rejects.toThrow(
      'Ada is editing a draft of the programme. Continue that draft, or discard it first.',
    );
    const saved = await saveProgramDraft(deps, {
      text: withProtection(60),
      revision: draft.revision,
      personId: editor,
    });
    await expect(
      saveProgramDraft(deps, { text: withProtection(61), revision: draft.revision, personId: author }),
    ).rejects.toThrow('Ben saved this draft at 2026-11-18 10:00 UTC, after you opened it.');
    const submitted = await submitProgram(deps, { ...submission, revision: saved.revision });
    for (const personId of [author, editor])
      await expect(approveProgram(deps, { draftId: submitted.id, personId })).rejects.toMatchObject({
        code: 'not_allowed',
      });
    expect(await inForce()).toEqual({ version: 1, days: 90 });
    const [latest] = await listPrograms(deps.db);
    const shown = latest ? programShown(submitted, latest) : {};
    expect(shown['Protection']).toBe('Protection: 90 days → 60 days');
    await expect(
      approveProgram(deps, {
        draftId: submitted.id,
        personId: approver,
        shown: { ...shown, Protection: 'Protection: 90 days → 80 days' },
      }),
    ).rejects.toThrow('This has changed since you opened it.');
    expect(await approveProgram(deps, { draftId: submitted.id, personId: approver, shown })).toEqual({
      version: 2,
      effectiveFrom: new Date('2026-11-18T10:00:00Z'),
      effectiveOn: '2026-11-18',
    });
    expect(await inForce()).toEqual({ version: 2, days: 60 });
    const events = await deps.db.execute(
      sql`select action, after->'changes' as changes from audit_event where subject_kind = 'program' order by id`,
    );
    expect(events.map(({ action }) => action)).toEqual([
      'program.drafted',
      'program.draft_saved',
      'program.submitted',
      'program.approved',
    ]);
    expect(events.at(-1)?.['changes']).toContain('Protection: 90 days → 60 days');
  });

  it('decides from its day on, in the zone of the programme, and not before', async () => {
    const text = programText(({ protection }) => ({
      protection: { ...protection, days: 60, zone: 'Europe/Berlin' },
    }));
    expect(await publishProgram(test.deps, text, '2026-12-01')).toEqual({
      version: 2,
      effectiveFrom: new Date('2026-11-30T23:00:00Z'),
      effectiveOn: '2026-12-01',
    });
    expect(await inForce()).toEqual({ version: 1, days: 90 });
    test.pass(Date.parse('2026-11-30T22:59:59Z') - test.deps.clock().getTime());
    expect(await inForce()).toEqual({ version: 1, days: 90 });
    test.pass(1000);
    expect(await inForce()).toEqual({ version: 2, days: 60 });
  });

  it('cannot begin before the version before it, and a day that has begun means now', async () => {
    await publishProgram(test.deps, withProtection(60), '2026-12-01');
    await expect(publishProgram(test.deps, withProtection(50), '2026-11-25')).rejects.toThrow(
      'Version 2 begins on 2026-12-01, and a later version cannot begin before it.',
    );
    const open = await openProgramDraft(test.deps.db);
    await rejectProgram(test.deps, {
      draftId: open?.id ?? '',
      personId: await person('Rita'),
      reason: 'Too early',
    });
    test.pass(20 * 24 * 3_600_000);
    expect(await publishProgram(test.deps, withProtection(50), '2026-12-02')).toEqual({
      version: 3,
      effectiveFrom: test.deps.clock(),
      effectiveOn: '2026-12-08',
    });
  });

  it('is refused when another version was approved after it was begun', async () => {
    const { deps } = test;
    await currentProgram(deps);
    const author = await person('Ada');
    const { revision } = await draftProgram(deps, { text: withProtection(60), personId: author });
    await deps.db.execute(sql`update program_draft set based_on = 0`);
    await expect(
      submitProgram(deps, { revision, note: null, effectiveOn: null, personId: author }),
    ).rejects.toThrow('Version 1 was approved after this draft was begun from version 0.');
    await discardProgramDraft(deps, { revision, personId: author });
    expect(await openProgramDraft(deps.db)).toBeNull();
  });

  it('from a file is submitted once, and replaces only a draft of the same person', async () => {
    const { deps } = test;
    const [author, other] = [await person('Ada'), await person('Ben')];
    const file = (days: number, personId = author) =>
      importProgram(deps, { text: withProtection(days), note: null, effectiveOn: null, personId });
    const same = programText(() => ({}));
    expect(
      await importProgram(deps, { text: same, note: null, effectiveOn: null, personId: author }),
    ).toEqual({ did: 'nothing', version: 1 });
    const first = await file(60);
    expect(first.did).toBe('submitted');
    expect(await file(60)).toEqual({ ...first, did: 'waits' });
    await expect(file(50, other)).rejects.toThrow('Somebody else has a draft of the programme open.');
    expect((await file(50)).did).toBe('submitted');
    expect((await openProgramDraft(deps.db))?.document).toMatchObject({ protection: { days: 50 } });
    await expect(
      importProgram(deps, { text: 'name: A', note: null, effectiveOn: null, personId: author }),
    ).rejects.toThrow('currency: It is missing. Use an ISO 4217 code, such as USD.');
  });
});

describe('the database', () => {
  it('refuses to change what was submitted or published', async () => {
    const { db } = test.deps;
    const author = await person('Ada');
    await importProgram(test.deps, {
      text: withProtection(60),
      note: null,
      effectiveOn: null,
      personId: author,
    });
    const refused = async (statement: ReturnType<typeof sql>, message: string) =>
      expect(db.execute(statement)).rejects.toMatchObject({ cause: { message } });
    const submitted = 'a programme that is submitted cannot be changed';
    await refused(sql`update program_draft set text = 'name: Other'`, submitted);
    await refused(sql`update program_draft set editors = '{}'`, submitted);
    await refused(
      sql`update program_draft set document = '{"name": "Other"}', status = 'published'`,
      submitted,
    );
    await refused(sql`delete from program_draft`, 'a programme that is submitted cannot be deleted');
    const open = await openProgramDraft(db);
    await approveProgram(test.deps, { draftId: open?.id ?? '', personId: await person('Ben') });
    await refused(
      sql`update program_draft set status = 'rejected'`,
      'a programme that is published cannot be changed',
    );
    await refused(sql`update program_version set name = 'Other'`, 'program_version is append-only');
    await refused(sql`delete from program_version`, 'program_version is append-only');
  });

  it('refuses a version that no second person approved', async () => {
    const { deps } = test;
    const { db } = deps;
    await currentProgram(deps);
    const author = await person('Ada');
    const document = documentOf({ ...defaultProgram, protectionDays: 60 });
    const row = {
      version: 2,
      name: 'Own',
      body: document,
      hash: programHash(document),
      publishedAt: deps.clock(),
      effectiveFrom: deps.clock(),
      effectiveOn: '2026-11-18',
    };
    const notApproved = { cause: { message: 'programme version 2 is not an approved draft' } };
    await expect(insertProgram(db, row)).rejects.toMatchObject(notApproved);
    await importProgram(deps, {
      text: programText(({ protection }) => ({ protection: { ...protection, days: 60 } })),
      note: null,
      effectiveOn: null,
      personId: author,
    });
    const open = await openProgramDraft(db);
    const approved = { ...row, draftId: open?.id ?? null, approvedBy: author };
    await expect(insertProgram(db, approved)).rejects.toMatchObject(notApproved);
    await db.execute(sql`update program_draft set status = 'published', decided_by = ${author}`);
    await expect(insertProgram(db, approved)).rejects.toMatchObject({
      cause: { message: `person ${author} may not approve this: same_person` },
    });
    await expect(insertProgram(db, { ...approved, hash: 'other' })).rejects.toMatchObject(notApproved);
  });

  it('refuses a version that begins before its approval', async () => {
    const { deps } = test;
    await currentProgram(deps);
    await importProgram(deps, {
      text: withProtection(60),
      note: null,
      effectiveOn: null,
      personId: await person('Ada'),
    });
    const open = await openProgramDraft(deps.db);
    const approver = await person('Ben');
    await deps.db.execute(sql`update program_draft set status = 'published', decided_by = ${approver}`);
    const row = {
      version: 2,
      name: 'Partner programme',
      body: open?.document,
      hash: open?.hash ?? '',
      publishedAt: deps.clock(),
      effectiveOn: '2026-11-18',
      draftId: open?.id ?? null,
      approvedBy: approver,
    };
    await expect(
      insertProgram(deps.db, { ...row, effectiveFrom: new Date(deps.clock().getTime() - 1) }),
    ).rejects.toMatchObject({
      cause: { message: 'programme version 2 begins before another version or before its approval' },
    });
    await insertProgram(deps.db, { ...row, effectiveFrom: deps.clock() });
    expect(await inForce()).toEqual({ version: 2, days: 60 });
  });
});

describe('tiers and rates', () => {
  it('of a version count from the first month that begins on its day or later', async () => {
    const lower = programText(({ components: [commission] }) => ({
      startsOn: '2027-01-01',
      components: commission ? [{ ...commission, rates: { ...commission.rates, Gold: '9 %' } }] : [],
    }));
    await publishProgram(test.deps, lower, '2026-12-01');
    const { firstPeriod, programOf } = await programMonths(test.deps);
    expect(firstPeriod).toBe('2026-01');
    expect(['2025-12', '2026-11', '2026-12', '2027-01'].map((month) => programOf(month).version)).toEqual([
      1, 1, 2, 2,
    ]);
    await publishProgram(test.deps, withProtection(60), '2026-12-02');
    const next = await programMonths(test.deps);
    expect(['2026-12', '2027-01'].map((month) => next.programOf(month).version)).toEqual([2, 3]);
  });
});
