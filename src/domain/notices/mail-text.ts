/** The e-mail about a notice: plain text in the person's language, from the texts of the programme. */
import type { NoticeWords } from '#src/domain/program/document/default-notices.ts';
import type { ReasonWords } from '#src/domain/program/document/default-reasons.ts';
import { eventOfNotice } from './webhook-body.ts';

export const mailLanguages = ['en', 'de'] as const;
export type MailLanguage = (typeof mailLanguages)[number];

/** The texts of a programme. */
export interface MailWords {
  readonly notices: Readonly<Record<string, NoticeWords>>;
  readonly reasons: Readonly<Record<string, Readonly<Record<string, ReasonWords>>>>;
}

/** What a notice may name. Null where it is not known or does not apply. */
export interface MailValues {
  readonly number: string;
  readonly customer: string;
  readonly partner: string;
  /** A coded reason, or null. */
  readonly reasonCode: string | null;
  /** The words that came with the reason `other`. */
  readonly reasonText: string | null;
  /** `YYYY-MM-DD`. */
  readonly protectedUntil: string | null;
  readonly days: number | null;
  readonly question: string | null;
  readonly answer: string | null;
  readonly due: Date | null;
  readonly link: string | null;
}

export interface MailNotice {
  readonly event: string;
  readonly values: MailValues;
  /** Names and numbers that a redacted notice must not contain. */
  readonly hidden: readonly string[];
}

const longestSubject = 200;

/** @throws RangeError for an event that no programme has a text for */
export function mailText(
  { event, values, hidden }: MailNotice,
  words: MailWords,
  language: MailLanguage,
): { readonly subject: string; readonly text: string } {
  const { name, percent } = eventOfNotice(event);
  const template = words.notices[name]?.[language];
  if (template === undefined) throw new RangeError(`there is no text for the notice ${event}`);
  const texts: Readonly<Record<string, string | null>> = {
    number: values.number,
    customer: values.customer,
    partner: values.partner,
    reason: reasonText(values, words, language),
    protectedUntil: values.protectedUntil === null ? null : dayText(values.protectedUntil, language),
    days: values.days === null ? null : String(values.days),
    question: values.question,
    answer: values.answer,
    due: values.due === null ? null : instantText(values.due, language),
    percent: percent === null ? null : String(percent),
    link: values.link,
  };
  const subject = oneLine(withoutHidden(filled(template.subject, texts), hidden, language));
  const text = withoutHidden(filled(withoutGaps(template.text, texts), texts), hidden, language);
  return { subject: subject.slice(0, longestSubject), text: withoutControls(text).trimEnd() };
}

function reasonText(
  { reasonCode, reasonText: words }: MailValues,
  { reasons }: MailWords,
  language: MailLanguage,
): string | null {
  if (reasonCode === null) return null;
  if (reasonCode === 'other' && words !== null) return words;
  const known = Object.values(reasons).find((codes) => Object.hasOwn(codes, reasonCode));
  return known?.[reasonCode]?.[language] ?? reasonCode.replaceAll('_', ' ');
}

const locales: Readonly<Record<MailLanguage, string>> = { en: 'en-GB', de: 'de-DE' };

function dayText(day: string, language: MailLanguage): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );
}

function instantText(at: Date, language: MailLanguage): string {
  const format = new Intl.DateTimeFormat(locales[language], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${format.format(at)} UTC`;
}

type Texts = Readonly<Record<string, string | null>>;

const placeholder = /\{(\w+)\}/g;

/** Each placeholder once: a value that looks like a placeholder stays as it is. */
function filled(template: string, texts: Texts): string {
  return template.replace(placeholder, (_, name: string) => texts[name] ?? '–');
}

/** Leaves out sentences that name an unknown value, such as a time of an answer that was given already. */
function withoutGaps(template: string, texts: Texts): string {
  const lines = template.split('\n').map((line) => {
    const sentences = line.split(/(?<=[.!?])\s+/);
    const known = sentences.filter((sentence) =>
      [...sentence.matchAll(placeholder)].every(([, name = '']) => texts[name] != null),
    );
    return known.join(' ');
  });
  return lines.every((line) => line === '') ? template : lines.join('\n');
}

const hiddenWords: Readonly<Record<MailLanguage, string>> = {
  en: 'another partner',
  de: 'ein anderer Partner',
};

/** Replaces what a redacted notice must not contain, wherever it comes from. */
function withoutHidden(text: string, hidden: readonly string[], language: MailLanguage): string {
  return hidden
    .filter((one) => one.trim() !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce(
      (cleaned, one) =>
        cleaned.replace(
          new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(one)}(?![\\p{L}\\p{N}])`, 'giu'),
          () => hiddenWords[language],
        ),
      text,
    );
}

/** A line break in a value would begin another header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function withoutControls(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/(?![\n\t])\p{Cc}/gu, '');
}
