import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import { programText, withProtection } from '#test/operations/program/program-fixture.ts';

let http: HttpTest;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http[Symbol.asyncDispose]());

describe('the programme over HTTP', () => {
  test('is read by everybody, and changed by operations and admins only', async () => {
    const viewer = await http.as('viewer');
    const page = await viewer({ url: '/api/program' });
    expect(page.json()).toMatchObject({ inForce: 1, latest: 1, versions: [{ version: 1 }], open: null });
    const yaml = (await viewer({ url: '/api/program/versions/1' })).json().yaml;
    expect(yaml).toContain('name: Partner programme');
    expect((await viewer({ url: '/api/program/versions/9' })).statusCode).toBe(404);
    expect((await viewer({ url: '/api/program/schema' })).json().title).toBe('Fairway partner programme');
    for (const role of ['viewer', 'finance'] as const) {
      const request = await http.as(role);
      const refused = await request({ method: 'POST', url: '/api/program/draft', payload: { text: yaml } });
      expect(refused.statusCode).toBe(403);
    }
  });

  test('is checked without changing anything', async () => {
    const ops = await http.as('ops');
    const check = async (text: string) =>
      (await ops({ method: 'POST', url: '/api/program/check', payload: { text } })).json();
    expect(await check(withProtection(60))).toMatchObject({
      problems: [],
      tests: [],
      changes: [
        'Protection: 90 days → 60 days',
        expect.stringContaining('Notices before the protection ends'),
      ],
    });
    expect(await check('nam: A')).toMatchObject({
      problems: expect.arrayContaining(['nam: There is no such setting. The nearest name is "name".']),
      hash: null,
    });
    expect((await ops({ url: '/api/program' })).json().open).toBeNull();
  });

  test('goes from draft to version with a second person, who approves what the page showed', async () => {
    const [author, approver] = [await http.as('ops', 'Olga'), await http.as('admin', 'Ada')];
    const draft = async (request: typeof author, method: 'POST' | 'PUT', payload: object, path = '') =>
      request({ method, url: `/api/program/draft${path}`, payload });
    const begun = (await draft(author, 'POST', { text: 'name: [' })).json();
    expect(begun).toMatchObject({
      revision: 1,
      status: 'draft',
      problems: [expect.stringContaining('This is not YAML')],
    });
    const text = programText(({ protection }) => ({ protection: { ...protection, days: 60 } }));
    expect((await draft(author, 'PUT', { text, revision: 1 })).json()).toMatchObject({
      revision: 2,
      problems: [],
    });
    expect((await draft(approver, 'PUT', { text, revision: 1 })).json().error.message).toContain(
      'Olga saved this draft',
    );
    await draft(author, 'POST', { revision: 2, note: 'Shorter' }, '/submit');
    const waiting = (await author({ url: '/api/program' })).json().open;
    expect(waiting.blocker).toBe('You made this yourself. Another person must approve it.');
    const decision = { draftId: waiting.id, shown: waiting.shown };
    expect((await draft(author, 'POST', decision, '/approve')).statusCode).toBe(403);
    const { open } = (await approver({ url: '/api/program' })).json();
    expect(open).toMatchObject({
      status: 'submitted',
      submittedBy: 'Olga',
      changes: ['Protection: 90 days → 60 days'],
      blocker: null,
    });
    const other = { draftId: open.id, shown: { ...open.shown, content: 'Content 000000000000' } };
    expect((await draft(approver, 'POST', other, '/approve')).json().error.message).toContain(
      'This has changed since you opened it.',
    );
    const approved = await draft(approver, 'POST', { draftId: open.id, shown: open.shown }, '/approve');
    expect(approved.json()).toMatchObject({ version: 2, effectiveOn: '2026-11-18' });
    expect((await approver({ url: '/api/program' })).json()).toMatchObject({
      inForce: 2,
      versions: [{ version: 2, submittedBy: 'Olga', approvedBy: 'Ada' }, { version: 1 }],
    });
    expect((await approver({ url: '/api/program/difference?from=2&to=1' })).json().changes).toEqual([
      'Protection: 60 days → 90 days',
    ]);
  });

  test('shows automatic approval, which only an admin switches on again, and only after it has stopped', async () => {
    const [ops, admin] = [await http.as('ops'), await http.as('admin')];
    expect((await ops({ url: '/api/program' })).json().automaticApproval).toEqual({
      enabled: true,
      limit: null,
      measured: null,
      stop: null,
    });
    const url = '/api/program/automatic-approval/resume';
    const payload = { reason: 'The list of products was wrong.' };
    expect((await ops({ method: 'POST', url, payload })).statusCode).toBe(403);
    expect((await admin({ method: 'POST', url, payload: { reason: ' ' } })).statusCode).toBe(400);
    const early = await admin({ method: 'POST', url, payload });
    expect([early.statusCode, early.json().error.message]).toEqual([
      409,
      'Automatic approval has not stopped, so there is nothing to switch on.',
    ]);
  });
});
