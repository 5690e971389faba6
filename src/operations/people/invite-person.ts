import { voidLinksOf } from '#src/db/people/access-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import {
  insertPerson,
  lockPersonByEmail,
  peopleByName,
  type Person,
  type PersonRow,
  tiePeople,
  updatePerson,
} from '#src/db/people/person-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Role } from '#src/db/schema/people.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { approves, lockForAdmin, personAct, type PersonAct } from './admin-acts.ts';
import { addLink } from './login-link.ts';
import { confirmed } from './confirm-person.ts';
import { requireSecondPerson } from './second-person.ts';

export async function listPeople(deps: Pick<Deps, 'db' | 'clock'>): Promise<PersonRow[]> {
  return peopleByName(deps.db, deps.clock());
}

export interface InviteInput {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly invitedBy: string;
}

/** `waits`: a second admin gets the link, because the inviter could use it. */
export type LinkDelivery =
  | { readonly kind: 'mailed' }
  | { readonly kind: 'shown'; readonly token: string }
  | { readonly kind: 'waits' };

type InviteDeps = Pick<Deps, 'db' | 'clock' | 'ids' | 'config' | 'mailer'>;

/**
 * Adds a person. The link goes to the person by mail. Without a mail server, the inviter is shown the link of a
 * viewer; the link of any other role is shown to a second admin, see `sendInvitation`.
 *
 * @throws AppError `conflict` when the person exists; `connection_failed` when the mail was not accepted
 */
export async function invitePerson(
  deps: InviteDeps,
  { email: given, name, role, invitedBy }: InviteInput,
): Promise<{ person: Person; delivery: LinkDelivery }> {
  const email = given.trim().toLowerCase();
  const made = await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    if (await lockPersonByEmail(tx, email))
      throw new AppError(
        'conflict',
        `${email} is in Fairway already. Change the role on the People page. A person who cannot sign in asks for help on the sign-in page.`,
        { field: 'email' },
      );
    const person = await insertPerson(tx, {
      id: deps.ids(),
      email,
      name,
      role,
      createdAt: at,
      approvesFrom: new Date(at.getTime() + deps.config.newApproverWaitMs),
      roleGrantedBy: invitedBy,
    });
    await tiePeople(tx, { personId: person.id, tiedTo: invitedBy, reason: 'invited', at });
    const act = { personId: person.id, actorId: invitedBy };
    await audit(tx, [personAct(act, 'invited', null, { role })], at);
    const mayBeShown = deps.mailer !== null || !approves(role);
    return { person, token: mayBeShown ? await addLink(tx, person.id, at) : null };
  });
  return { person: made.person, delivery: await deliver(deps, made.person, made.token) };
}

/**
 * Makes a new link for somebody who was invited and has not signed in yet; earlier links end. Without a mail
 * server it is shown to this admin, who must be independent of the inviter unless the person is a viewer. Being
 * shown the link of an approver confirms the approver.
 *
 * @throws AppError `conflict` for a person who has signed in before or is disabled; `not_allowed` to the inviter
 */
export async function sendInvitation(
  deps: InviteDeps,
  act: PersonAct,
): Promise<{ person: Person; delivery: LinkDelivery }> {
  const made = await deps.db.transaction(async (tx) => {
    const at = deps.clock();
    const person = await lockForAdmin(tx, act, 'invite');
    if (person.disabledAt) throw new AppError('conflict', `${person.name} is disabled. Enable them first.`);
    if (person.joinedAt)
      throw new AppError(
        'conflict',
        `${person.name} has signed in before, so no link can be made for them. They ask for help on the sign-in page.`,
      );
    await voidLinksOf(tx, person.id);
    const token = await addLink(tx, person.id, at);
    const shown = deps.mailer === null ? await showLink(tx, person, act, at) : person;
    await audit(
      tx,
      [personAct(act, deps.mailer === null ? 'link_shown' : 'link_mailed', null, { role: person.role })],
      at,
    );
    return { person: shown, token };
  });
  return { person: made.person, delivery: await deliver(deps, made.person, made.token) };
}

async function showLink(tx: Db, person: Person, act: PersonAct, at: Date): Promise<Person> {
  const makerIds = [person.id, person.roleGrantedBy];
  if (approves(person.role)) await requireSecondPerson(tx, { approverId: act.actorId, makerIds, at });
  await tiePeople(tx, { personId: person.id, tiedTo: act.actorId, reason: 'was_shown_the_link', at });
  return approves(person.role) ? updatePerson(tx, person.id, confirmed(act.actorId, at)) : person;
}

/** Mails the link; the transaction has ended, so that none is open during the call to the mail server. */
async function deliver(deps: InviteDeps, person: Person, token: string | null): Promise<LinkDelivery> {
  if (token === null) return { kind: 'waits' };
  if (deps.mailer === null) return { kind: 'shown', token };
  await deps.mailer.send({
    to: { name: person.name, address: person.email },
    subject: 'Your sign-in link for Fairway',
    text: linkMail(deps, token),
  });
  return { kind: 'mailed' };
}

/** The text of the mail with a sign-in link. */
export function linkMail({ config }: Pick<Deps, 'config'>, token: string): string {
  return [
    'Open this link to sign in to Fairway. It works once, within 30 minutes:',
    '',
    `${config.publicUrl ?? ''}/sign-in?token=${token}`,
    '',
    'Do not pass it on. If you did not expect it, ignore it and ask an admin of Fairway.',
  ].join('\n');
}
