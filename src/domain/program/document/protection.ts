/** The protection of an approved registration: its length, its extension and its end. */
import { z } from 'zod';
import { isTimeZone } from '#src/domain/service-levels/zone.ts';
import { condition } from './conditions.ts';
import type { Problem } from './problems.ts';
import { choice, wholeNumber } from './values.ts';

const windowDays = wholeNumber(1, 1095, 'days', 90);

const extension = z.strictObject({
  days: wholeNumber(1, 1095, 'days', 30).default(30),
  /** How often a registration may be extended. */
  maximum: wholeNumber(0, 100, 'extensions', 1).default(1),
  /** It can be requested in the last days of the protection. */
  requestDays: wholeNumber(1, 1095, 'days', 30).default(30),
  /** Other lengths and numbers; the first one whose condition holds counts. */
  exceptions: z
    .array(
      z.strictObject({
        when: condition,
        days: wholeNumber(1, 1095, 'days', 30).optional(),
        maximum: wholeNumber(0, 100, 'extensions', 1).optional(),
      }),
      'Write a list.',
    )
    .default([]),
});

export const protectionPart = z
  .strictObject({
    days: windowDays.default(90),
    /** Other lengths; the first one whose condition holds counts. */
    exceptions: z.array(z.strictObject({ when: condition, days: windowDays })).default([]),
    /** The version whose window counts. */
    termsOf: choice(['submission', 'decision']).default('submission'),
    /** The zone whose days count. Null: the zone of the newest calendar. */
    zone: z
      .union([z.string(), z.null()], 'Use null, or the name of a time zone such as Europe/Berlin.')
      .refine(
        (name) => name === null || isTimeZone(name),
        'Use null, or the name of a time zone such as Europe/Berlin.',
      )
      .default(null),
    extension: extension.prefault({}),
    /** Days before the end on which the partner and the channel account manager get a notice. */
    expiryNoticeDays: z
      .array(wholeNumber(1, 1095, 'days', 30), 'Write a list, such as [30, 7].')
      .default([30, 7]),
    afterConversion: choice(['runs', 'stops']).default('runs'),
    convertWhenLinked: z.boolean('Use true or false.').default(true),
    /** The protection ends after so many days without activity. Null: it does not. */
    activityDays: z
      .union([wholeNumber(1, 1095, 'days', 60), z.null()], 'Use null, or a whole number of days such as 60.')
      .default(null),
  })
  .superRefine((part, context) => {
    for (const { path, message } of protectionProblems(part))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type ProtectionPart = z.output<typeof protectionPart>;

function* protectionProblems({
  days,
  exceptions,
  extension,
  expiryNoticeDays,
}: ProtectionPart): Generator<Problem> {
  const extensions = [extension, ...extension.exceptions].map(
    (one) => (one.days ?? extension.days) * (one.maximum ?? extension.maximum),
  );
  const longest = Math.max(days, ...exceptions.map((one) => one.days)) + Math.max(...extensions);
  const seen = new Set<number>();
  for (const [index, notice] of expiryNoticeDays.entries()) {
    const path = ['expiryNoticeDays', index];
    if (seen.has(notice)) yield { path, message: `${notice} is listed twice. Remove one.` };
    if (notice >= longest)
      yield {
        path,
        message: `The longest protection is ${longest} days with its extensions, so a notice ${notice} days before its end is never sent. Use fewer days.`,
      };
    seen.add(notice);
  }
}
