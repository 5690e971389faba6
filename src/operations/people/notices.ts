import { hasOneAdmin, isInProduction } from '#src/db/people/approval-store.ts';
import { recentLinks } from '#src/db/people/notice-view.ts';
import type { Person } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { approves } from './admin-acts.ts';
import { utcMinute } from '#src/domain/utc-minute.ts';

/** Links of this time are shown to every admin. */
const shownMs = 7 * 24 * 3_600_000;

export interface Notice {
  readonly kind: 'solo' | 'waiting' | 'link' | 'let_in';
  readonly text: string;
}

/** The notices on every page of a person: one admin alone, a waiting time, links that others made. */
export async function noticesFor(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  person: Person,
): Promise<readonly Notice[]> {
  const now = clock();
  const notices: Notice[] = [];
  if (await hasOneAdmin(db, now))
    notices.push({
      kind: 'solo',
      text: 'Solo: Fairway has only one admin. Nothing is paid until a second admin has joined.',
    });
  if (approves(person.role) && person.approvesFrom > now)
    notices.push({
      kind: 'waiting',
      text: `Your role is new. You may approve from ${utcMinute(person.approvesFrom)} UTC on, or when a second admin confirms you.`,
    });
  if (!(await isInProduction(db))) return notices;
  const links = await recentLinks(db, new Date(now.getTime() - shownMs));
  for (const { at, name, email, personId, by } of links) {
    if (personId === person.id && by !== null)
      notices.push({
        kind: 'let_in',
        text: `${by} let you in again at ${utcMinute(at)} UTC. If that was not you, remove the unknown passkey and tell another admin.`,
      });
    else if (person.role === 'admin')
      notices.push({
        kind: 'link',
        text:
          by === null
            ? `A sign-in link for ${name} (${email}) was made on the server at ${utcMinute(at)} UTC.`
            : `${by} let ${name} (${email}) in again at ${utcMinute(at)} UTC.`,
      });
  }
  return notices;
}
