/** The texts of a programme: reasons and notices. Texts that it leaves out are Fairway's. */
import { z } from 'zod';
import { defaultNotices, noticeValues, type NoticeWords } from './default-notices.ts';
import { defaultReasons, type ReasonWords } from './default-reasons.ts';
import { nearestName, type Problem } from './problems.ts';
import { boundedText } from './values.ts';

const languages = ['en', 'de'] as const;

function reasonSchema(words: ReasonWords) {
  return z
    .strictObject({
      en: boundedText('a text', 200).default(words.en),
      de: boundedText('a text', 200).default(words.de),
      /** False: people cannot choose this reason. */
      offered: z.boolean('Use true or false.').default(true),
    })
    .prefault({});
}

function noticeSchema(words: NoticeWords) {
  const language = (one: NoticeWords['en']) =>
    z
      .strictObject({
        subject: boundedText('a subject', 150).default(one.subject),
        text: boundedText('a text', 2000).default(one.text),
      })
      .prefault({});
  return z.strictObject({ en: language(words.en), de: language(words.de) }).prefault({});
}

function each<Key extends string, Words, Schema extends z.ZodType>(
  words: Readonly<Record<Key, Words>>,
  schemaOf: (one: Words) => Schema,
): Record<Key, Schema> {
  return Object.fromEntries(Object.entries<Words>(words).map(([key, one]) => [key, schemaOf(one)])) as Record<
    Key,
    Schema
  >;
}

/** By move and code. */
export const reasonsPart = z
  .strictObject(
    each<keyof typeof defaultReasons, Readonly<Record<string, ReasonWords>>, ReasonSchema>(
      defaultReasons,
      (codes) => z.strictObject(each(codes, reasonSchema)).prefault({}),
    ),
  )
  .prefault({});
type ReasonSchema = z.ZodPrefault<
  z.ZodObject<Record<string, ReturnType<typeof reasonSchema>>, z.core.$strict>
>;

/** By event. */
export const noticesPart = z
  .strictObject(
    each<keyof typeof defaultNotices, NoticeWords, ReturnType<typeof noticeSchema>>(
      defaultNotices,
      noticeSchema,
    ),
  )
  .prefault({})
  .superRefine((notices, context) => {
    for (const { path, message } of noticeProblems(notices))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type NoticesPart = Readonly<Record<keyof typeof defaultNotices, NoticeWords>>;

function* noticeProblems(notices: NoticesPart): Generator<Problem> {
  for (const [event, words] of Object.entries(notices))
    for (const language of languages)
      for (const [part, text] of Object.entries(words[language]))
        for (const [, name = ''] of text.matchAll(/\{([^{}]*)\}/g)) {
          if (noticeValues.some((known) => known === name)) continue;
          const similar = nearestName(name, noticeValues);
          const fix =
            similar === null ? `Use one of ${noticeValues.join(', ')}.` : `The nearest is {${similar}}.`;
          yield { path: [event, language, part], message: `There is no value {${name}}. ${fix}` };
        }
}
