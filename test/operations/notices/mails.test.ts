import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { insertLifecyclePeople } from '#src/db/registrations/lifecycle/scenario-store.ts';
import type { Deps } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { changeNoticeSettings } from '#src/operations/notices/preferences.ts';
import { scheduleMails, sendMails } from '#src/operations/notices/send-mails.ts';
import { spreadNotices } from '#src/operations/notices/spread-notices.ts';
import {
  lifecycleFixture,
  terms,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { startMailServer, type MailServer } from '#test/support/notices/mail-server.ts';

const monday = '2026-06-15T08:00:00Z';
const later = '2026-06-15T09:00:00Z';
const [partner, decider] = ['pat@acme.test', 'olga@vendor.test'];

let started: TestDeps;
let deps: Deps;
let fixture: LifecycleFixture;
let server: MailServer;

async function start(hasServer = true): Promise<void> {
  server = await startMailServer();
  started = await startDeps({
    now: later,
    publicUrl: 'https://fairway.test',
    extraEnv: hasServer ? { SMTP_URL: server.url, SMTP_FROM: 'fairway@vendor.test' } : {},
  });
  deps = started.deps;
  fixture = await lifecycleFixture(deps, monday, {
    approvalSteps: [{ name: 'review', anyOf: [decider] }],
    escalations: [],
  });
  await insertLifecyclePeople(deps.db, [
    { name: partner, role: 'partner', partnerId: fixture.partners['acme'] ?? null },
    { name: decider, role: 'ops' },
  ]);
}

beforeEach(() => async () => {
  await started[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function work(): Promise<void> {
  await spreadNotices(deps);
  await sendMails(deps);
}

/** The others of the cast receive e-mail, too. */
const received = () =>
  server.received.filter((mail) => [partner, decider].some((one) => mail.to.includes(one)));
const to = (person: string) => server.received.filter((mail) => mail.to.includes(person));
const states = async () =>
  (
    await deps.db.execute<{ person: string; status: string; reason: string | null }>(
      sql`select m.person, m.status, m.reason from notice_mail m where m.person in (${partner}, ${decider}) order by m.id`,
    )
  ).map(({ person, status, reason }) => `${person} ${status}${reason === null ? '' : ` ${reason}`}`);

describe('e-mail about registrations', () => {
  test('goes to the people of each notice, in their language, once', async () => {
    await start();
    await changeNoticeSettings(deps, partner, { language: 'de' });
    const id = await fixture.submits('review', monday);
    await Promise.all([spreadNotices(deps), spreadNotices(deps)]);
    await Promise.all([sendMails(deps), sendMails(deps)]);
    await work();
    expect(received()).toHaveLength(2);
    const [submitted] = to(partner);
    expect(submitted?.headers['subject']).toBe(`${id}: registriert`);
    expect(submitted?.headers['content-type']).toMatch(/^text\/plain/);
    expect(submitted?.text).toContain(
      'Wir haben die Registrierung von Nordwind GmbH erhalten. Sie erhalten bis 17. Juni 2026 um 08:00 UTC eine Antwort.',
    );
    expect(submitted?.text).toContain(`https://fairway.test/registrations/${id}`);
    const [queued] = to(decider);
    expect(queued?.headers['subject']).toBe(`${id}: waits for your decision`);
    expect(queued?.text).toContain(
      'by Acme Networks waits for your decision until 17 June 2026 at 08:00 UTC.',
    );
    expect(await states()).toEqual(
      [`${partner} sent`, `${decider} sent`].toSorted((a, b) => (a < b ? 1 : -1)),
    );
  });

  test('that only informs ends with one click; a notice that asks for an action goes on', async () => {
    await start();
    const id = await fixture.submits('review', monday);
    await work();
    expect(to(decider)[0]?.headers).not.toHaveProperty('list-unsubscribe');
    const { headers = {} } = to(partner)[0] ?? {};
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    const url =
      /^<https:\/\/fairway\.test(\/unsubscribe\/[\w-]{32})>$/.exec(headers['list-unsubscribe'] ?? '')?.[1] ??
      '';
    await using app = buildApp(deps);
    // A program that checks links opens it.
    expect((await app.inject({ url })).statusCode).toBe(200);
    const click = (path: string) =>
      app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'List-Unsubscribe=One-Click',
      });
    await fixture.does(decider, 'request_info', later, id, {
      question: 'Who?',
      reasonCode: 'missing_contact',
    });
    await work();
    expect((await click('/unsubscribe/unknown')).statusCode).toBe(404);
    expect((await click(url)).statusCode).toBe(200);
    await fixture.does('pat', 'answer_info', later, id, { answer: 'Ina.' });
    await fixture.does(decider, 'request_info', later, id, {
      question: 'And when?',
      reasonCode: 'other',
      text: 'Date',
    });
    await fixture.does('pat', 'answer_info', later, id, { answer: 'In May.' });
    await fixture.does(decider, 'approve', later, id);
    await work();
    expect(to(partner).map((mail) => mail.headers['subject'])).toEqual([
      `${id}: registered`,
      `${id}: we have a question`,
      `${id}: we have a question`,
    ]);
    expect(to(partner)[2]?.text).toContain('About the registration of Nordwind GmbH: And when?');
    expect((await states()).filter((state) => state.includes('unsubscribed'))).toEqual([
      `${partner} skipped unsubscribed`,
    ]);
  });

  test('is not sent without a mail server; every one is counted', async () => {
    await start(false);
    await fixture.submits('review', monday);
    await work();
    await scheduleMails(deps);
    expect(await states()).toEqual(
      [`${partner} skipped no_mail_server`, `${decider} skipped no_mail_server`].toSorted((a, b) =>
        a < b ? 1 : -1,
      ),
    );
    expect(server.received).toEqual([]);
  });

  test('is tried again after a temporary refusal, and not after a permanent one', async () => {
    await start();
    server.answer = 451;
    await fixture.submits('pending', monday);
    await work();
    await work();
    expect(received()).toHaveLength(1);
    started.pass(60_000);
    server.answer = 'accept';
    await work();
    expect(await states()).toEqual([`${partner} sent`]);
    server.answer = 550;
    await fixture.submits('pending', monday);
    await work();
    started.pass(24 * 3_600_000);
    await work();
    expect(await states()).toEqual([`${partner} sent`, `${partner} failed not_accepted`]);
    expect(received()).toHaveLength(3);
  });

  test('is never sent twice when the answer of the mail server is lost, or the worker ends before it', async () => {
    await start();
    server.answer = 'hang-up';
    await fixture.submits('pending', monday);
    await work();
    expect(received()).toHaveLength(1);
    expect(await states()).toEqual([`${partner} unknown no_answer`]);
    server.answer = 'accept';
    await fixture.submits('pending', monday);
    await spreadNotices(deps);
    await deps.db.execute(
      sql`update notice_mail set status = 'sending', started_at = ${later} where status = 'waiting'`,
    );
    started.pass(11 * 60_000);
    await scheduleMails(deps);
    await work();
    expect(await states()).toEqual([`${partner} unknown no_answer`, `${partner} unknown worker_ended`]);
    expect(received()).toHaveLength(1);
  });

  test('has no other header and no other recipient, whatever a value contains', async () => {
    await start();
    const id = deps.ids();
    await fixture.does('pat', 'submit', monday, id, {
      terms: { ...terms, customerName: '<script>alert(1)</script>\r\nBcc: eve@evil.test {link}' },
      deal: id,
      number: 'R-1\r\nBcc: eve@evil.test\r\n\r\nHello',
      rules: 'pending',
    });
    await work();
    const [mail] = received();
    expect(mail?.to).toEqual([partner]);
    expect(mail?.headers).not.toHaveProperty('bcc');
    expect(mail?.headers['subject']).toBe('R-1 Bcc: eve@evil.test Hello: registered');
    expect(mail?.headers['content-type']).toMatch(/^text\/plain/);
    // Plain text: the mail program shows it and runs nothing. A value is not read as a placeholder.
    expect(mail?.text).toContain('<script>alert(1)</script>\nBcc: eve@evil.test {link}');
  });

  test('to a partner does not contain the other partner, also when somebody typed its name', async () => {
    await start();
    const deal = deps.ids();
    const [first, second] = [deps.ids(), deps.ids()];
    await fixture.does('rob', 'submit', monday, first, { terms, deal, rules: 'clear', number: 'R-1' });
    const mine = { ...terms, customerName: 'Nordwind (asked Bolt Systems first)' };
    await fixture.does('pat', 'submit', later, second, {
      terms: mine,
      deal,
      rules: 'review',
      number: 'R-10',
    });
    await fixture.does(decider, 'reject', later, second, { reasonCode: 'conflict_earlier_registration' });
    await work();
    const rejected = to(partner).find((mail) => mail.headers['subject']?.includes('rejected'));
    expect(rejected?.headers['subject']).toBe('R-10: rejected');
    expect(rejected?.text).toContain(
      'The registration of Nordwind (asked another partner first) was rejected: The deal was registered earlier.',
    );
    expect(rejected?.text).not.toContain('Bolt');
  });
});
