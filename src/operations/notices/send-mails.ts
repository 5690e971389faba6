import { addJobs } from '#src/db/jobs/job-store.ts';
import {
  abandonMails,
  beginDueMail,
  hasDueMail,
  mailContent,
  settleMail,
  type MailContent,
  type NoticeMail,
} from '#src/db/notices/mail-store.ts';
import { noticePreferenceOf, type NoticePreference } from '#src/db/notices/preference-store.ts';
import type { Deps } from '#src/deps.ts';
import { isDuty } from '#src/domain/notices/duty.ts';
import { mailText, type MailWords } from '#src/domain/notices/mail-text.ts';
import { nextMailAt } from '#src/domain/notices/retry-schedule.ts';
import { eventOfNotice } from '#src/domain/notices/webhook-body.ts';
import { mailOutcome, type Mail } from '#src/mail/mailer.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';

/** Longer than the time-outs of one e-mail together. */
const longestSendMs = 10 * 60_000;
/** A job ends after this many, so that other jobs get a turn. */
const mostPerJob = 100;

/** Adds the job that sends e-mail when one is due. Every worker calls this regularly. */
export async function scheduleMails(deps: Deps): Promise<void> {
  const at = deps.sharedClock();
  await abandonMails(deps.db, new Date(at.getTime() - longestSendMs));
  if (deps.mailer === null || !(await hasDueMail(deps.db, at))) return;
  const job = {
    id: deps.ids(),
    runId: null,
    stage: null,
    name: 'send-mails',
    key: 'send-mails',
    payload: {},
  };
  if ((await addJobs(deps.db, [job], at)) > 0) await relaySoon(deps);
}

/**
 * Sends the e-mails that are due. Each is marked before it is sent, so that no person gets one twice: when the
 * answer of the mail server is not known, it is not sent again.
 */
export async function sendMails(deps: Deps): Promise<void> {
  if (deps.mailer === null) return;
  const { document: words } = await currentProgram(deps);
  for (let sent = 0; sent < mostPerJob; sent += 1) {
    const mail = await beginDueMail(deps.db, deps.sharedClock());
    if (mail === null) return;
    await settleMail(deps.db, mail.id, await send(deps, mail, words));
  }
}

type Outcome = Pick<NoticeMail, 'status' | 'reason' | 'nextAttemptAt'>;

const ended = (status: NoticeMail['status'], reason: string | null = null): Outcome => ({
  status,
  reason,
  nextAttemptAt: null,
});

async function send(deps: Deps, mail: NoticeMail, words: MailWords): Promise<Outcome> {
  const content = await mailContent(deps.db, mail);
  if (content === null) return ended('skipped', 'registration_erased');
  if (content.role === null) return ended('skipped', 'person_left');
  const preference = await noticePreferenceOf(deps.db, mail.person);
  const isRequired = isDuty(eventOfNotice(content.event).name, content.role);
  if (preference.unsubscribedAt !== null && !isRequired) return ended('skipped', 'unsubscribed');
  try {
    await deps.mailer?.send(mailOf(deps, { mail, content, preference, isRequired }, words));
    return ended('sent');
  } catch (error) {
    const outcome = mailOutcome(error);
    deps.log.warn({ err: error, mailId: mail.id, outcome }, 'an e-mail was not sent');
    const next = outcome === 'not_now' ? nextMailAt(mail.attempts, deps.sharedClock()) : null;
    if (next !== null) return { status: 'waiting', reason: 'not_accepted_yet', nextAttemptAt: next };
    return outcome === 'unknown' ? ended('unknown', 'no_answer') : ended('failed', 'not_accepted');
  }
}

interface MailToWrite {
  readonly mail: NoticeMail;
  readonly content: MailContent;
  readonly preference: NoticePreference;
  readonly isRequired: boolean;
}

const footers = {
  en: (url: string) => `You receive this because you work with this registration. No more of these: ${url}`,
  de: (url: string) =>
    `Sie erhalten diese Nachricht, weil Sie mit dieser Registrierung arbeiten. Abbestellen: ${url}`,
} as const;

function mailOf(
  { config: { publicUrl } }: Deps,
  { mail, content, preference: { language, token }, isRequired }: MailToWrite,
  words: MailWords,
): Mail {
  const { event, registrationId, days, facts, hidden } = content;
  const link = publicUrl === null ? null : `${publicUrl}/registrations/${registrationId}`;
  const values = {
    ...content,
    ...facts,
    ...reasonOf(content),
    days,
    link,
    due: facts.due === null ? null : new Date(facts.due),
  };
  const { subject, text } = mailText({ event, values, hidden }, words, language);
  const unsubscribeUrl = isRequired || publicUrl === null ? null : `${publicUrl}/unsubscribe/${token}`;
  return {
    to: { name: content.personName ?? '', address: mail.person },
    subject,
    text: unsubscribeUrl === null ? text : `${text}\n\n-- \n${footers[language](unsubscribeUrl)}`,
    messageId: `<${mail.id}@fairway>`,
    unsubscribeUrl,
  };
}

/** A refused entry in the CRM and a denied extension have a reason that the registration does not get. */
function reasonOf({ event, facts, moveReason, moveText }: MailContent) {
  const codes: Readonly<Record<string, string | null>> = {
    crm_refused: facts.refusal,
    extension_denied: moveReason,
  };
  const reasonCode = Object.hasOwn(codes, event) ? (codes[event] ?? null) : facts.reasonCode;
  return { reasonCode, reasonText: moveText };
}
