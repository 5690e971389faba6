import {
  isChannelPerson,
  noticePreferenceOf,
  saveNoticePreference,
} from '#src/db/notices/preference-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { MailLanguage } from '#src/domain/notices/mail-text.ts';

export interface NoticeSettings {
  readonly language: MailLanguage;
  /** False: only notices that ask for an action. */
  readonly isSubscribed: boolean;
}

/** How a person gets notices. A person without settings gets all of them in English. */
export async function noticeSettings(deps: Deps, person: string): Promise<NoticeSettings> {
  const { language, unsubscribedAt } = await noticePreferenceOf(deps.db, person);
  return { language, isSubscribed: unsubscribedAt === null };
}

/** @throws AppError `not_found` for a name that is not among the people of the channel */
export async function changeNoticeSettings(
  deps: Deps,
  person: string,
  { language, isSubscribed }: { readonly [K in keyof NoticeSettings]?: NoticeSettings[K] | undefined },
): Promise<NoticeSettings> {
  if (!(await isChannelPerson(deps.db, person)))
    throw new AppError('not_found', `${person} is not among the people of the channel.`);
  const before = await noticeSettings(deps, person);
  if (language === undefined && isSubscribed === undefined) return before;
  await saveNoticePreference(deps.db, person, {
    ...(language === undefined ? {} : { language }),
    ...(isSubscribed === undefined ? {} : { unsubscribedAt: isSubscribed ? null : deps.clock() }),
  });
  return noticeSettings(deps, person);
}
