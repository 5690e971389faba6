import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import {
  absenceById,
  clearPersonLeft,
  endAbsence,
  knownPerson,
  saveChannelPerson,
  type ChannelRole,
  type KnownPerson,
} from '#src/db/registrations/channel/channel-people-store.ts';
import type { Person } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { passTime } from '#src/domain/registrations/lifecycle/step.ts';
import { namedPartner } from '#src/operations/registrations/import/named-partner.ts';
import { newsPlan } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { inStepTransaction, runStepIn } from '#src/operations/registrations/lifecycle/run-step.ts';

/** An absence may be entered for this long ahead, and last this long. */
const longestAbsenceDays = 366;

type Actor = Pick<Person, 'id' | 'email' | 'role'>;

export interface ChannelPersonInput {
  readonly email: string;
  readonly role: ChannelRole;
  /** The code or id of the partner; needed for people of a partner, and only for them. */
  readonly partner: string | null;
}

/**
 * Gives a person a role in the channel, or changes it. A person who had left is back.
 *
 * @throws AppError `bad_request` naming the field; `conflict` for people who sign in with a role that decides
 */
export async function saveChannelRole(
  deps: Deps,
  { email, role, partner }: ChannelPersonInput,
  actor: Actor,
): Promise<void> {
  const { id: partnerId = null, problem } = await namedPartner(deps.db, partner?.trim() ?? '');
  if (problem !== null) throw new AppError('bad_request', `partner: ${problem}`, { field: 'partner' });
  if (role === 'partner' && partnerId === null)
    throw new AppError('bad_request', 'partner: Write the code of the partner that the person works for.', {
      field: 'partner',
    });
  if (role !== 'partner' && partnerId !== null)
    throw new AppError(
      'bad_request',
      'partner: Leave it out. Sales reps and channel account managers belong to no partner.',
      { field: 'partner' },
    );
  await changeInChannel(deps, async (tx) => {
    const known = await knownPerson(tx, email);
    if (known?.signInRole != null && known.signInRole !== 'viewer')
      throw new AppError(
        'conflict',
        `${email} signs in as ${known.signInRole}, and decides with that role. Change the role to viewer first.`,
        { field: 'email' },
      );
    if (known !== null && known.leftAt === null && known.role === role && known.partnerId === partnerId)
      return;
    await saveChannelPerson(tx, { email, role, partnerId });
    const person = await requireKnown(tx, email);
    await record(deps, tx, actor, { what: 'role_given', person, before: shown(known), after: shown(person) });
  });
}

/** The person decides nothing any more. Registrations that waited for them ask the others. */
export async function leaveChannel(deps: Deps, email: string, actor: Actor): Promise<void> {
  await inStepTransaction(deps, async (tx) => {
    const known = await requireKnown(tx, email);
    if (known.signInRole !== null && known.signInRole !== 'viewer')
      throw new AppError(
        'conflict',
        `${email} signs in as ${known.signInRole}. Disable the sign-in instead.`,
        {
          field: 'email',
        },
      );
    if (known.leftAt !== null) return;
    await runStepIn(deps, tx, newsPlan(deps, nowOf(deps), { fact: 'person.left', person: email }));
    await record(deps, tx, actor, { what: 'left', person: known, before: shown(known), after: null });
  });
}

/** Takes `leaveChannel` back. */
export async function returnToChannel(deps: Deps, email: string, actor: Actor): Promise<void> {
  await changeInChannel(deps, async (tx) => {
    const known = await requireKnown(tx, email);
    if (known.leftAt === null) return;
    await clearPersonLeft(tx, email);
    await record(deps, tx, actor, {
      what: 'returned',
      person: known,
      before: null,
      after: shown({ ...known, leftAt: null }),
    });
  });
}

export interface AbsenceInput {
  readonly email: string;
  readonly from: Date;
  readonly to: Date;
  /** Who decides meanwhile, by e-mail address. */
  readonly delegate: string;
}

/**
 * A person is away in `[from, to)`; the delegate is asked instead. People enter their own absences; operations and
 * admins enter those of others.
 *
 * @throws AppError `bad_request` naming the field, `not_allowed`, `not_found`
 */
export async function addAbsence(
  deps: Deps,
  { email, from, to, delegate }: AbsenceInput,
  actor: Actor,
): Promise<void> {
  requireSelfOrOps(actor, email);
  const now = deps.sharedClock();
  if (to <= from) throw new AppError('bad_request', 'to: It must be later than from.', { field: 'to' });
  if (to <= now) throw new AppError('bad_request', 'to: It has passed.', { field: 'to' });
  const latest = new Date(now.getTime() + longestAbsenceDays * 86_400_000);
  if (to > latest)
    throw new AppError('bad_request', `to: It can be ${longestAbsenceDays} days from now at the latest.`, {
      field: 'to',
    });
  await inStepTransaction(deps, async (tx) => {
    const known = await requireKnown(tx, email);
    if (known.role === 'partner')
      throw new AppError('bad_request', 'email: People of a partner decide nothing.', { field: 'email' });
    const other = await knownPerson(tx, delegate);
    if (delegate === email || other === null || other.leftAt !== null || !decides(other))
      throw new AppError(
        'bad_request',
        'delegate: Name another person who decides: operations or a channel account manager who has not left.',
        { field: 'delegate' },
      );
    const absence = { from: secondsOf(from), to: secondsOf(to), delegate };
    await runStepIn(deps, tx, newsPlan(deps, nowOf(deps), { fact: 'person.away', person: email, absence }));
    const after = { from: from.toISOString(), to: to.toISOString(), delegate };
    await record(deps, tx, actor, { what: 'absence_added', person: known, before: null, after });
  });
}

/** Deletes an absence that has not begun, or ends one that has. */
export async function removeAbsence(deps: Deps, id: string, actor: Actor): Promise<void> {
  await changeInChannel(deps, async (tx) => {
    const found = await absenceById(tx, id);
    if (found === null) throw new AppError('not_found', 'There is no such absence. It may be over.', { id });
    requireSelfOrOps(actor, found.name);
    await endAbsence(tx, id, deps.sharedClock());
    const before = { from: found.startsAt, to: found.endsAt, delegate: found.delegate };
    const person = await requireKnown(tx, found.name);
    await record(deps, tx, actor, { what: 'absence_removed', person, before, after: null });
  });
}

/** Registrations that wait show the people who are asked now, because somebody may decide no more or again. */
export async function askPeopleAgain(deps: Deps): Promise<void> {
  await changeInChannel(deps, async () => {});
}

/** Changes people in one transaction with what waiting registrations then show. */
async function changeInChannel(deps: Deps, change: (tx: Db) => Promise<void>): Promise<void> {
  await inStepTransaction(deps, async (tx) => {
    await change(tx);
    await runStepIn(deps, tx, {
      at: nowOf(deps),
      scope: { waiting: true },
      changesChannel: true,
      cause: null,
      apply: ({ channel }, at) => passTime(channel, at),
    });
  });
}

async function requireKnown(tx: Db, email: string): Promise<KnownPerson> {
  const known = await knownPerson(tx, email);
  if (known === null)
    throw new AppError('not_found', `${email} has no role in the channel.`, { field: 'email' });
  return known;
}

function requireSelfOrOps(actor: Actor, email: string): void {
  if (actor.email === email || actor.role === 'ops' || actor.role === 'admin') return;
  throw new AppError('not_allowed', 'Only operations and admins enter absences of other people.');
}

const decides = ({ role }: KnownPerson): boolean => role === 'ops' || role === 'cam';

function shown(known: KnownPerson | null) {
  return known === null || known.leftAt !== null ? null : { role: known.role, partnerId: known.partnerId };
}

async function record(
  deps: Deps,
  tx: Db,
  actor: Actor,
  act: {
    readonly what: string;
    readonly person: Pick<KnownPerson, 'id'>;
    readonly before: object | null;
    readonly after: object | null;
  },
): Promise<void> {
  const { person } = act;
  const entry = {
    actorId: actor.id,
    action: `channel.${act.what}`,
    subjectKind: 'person',
    subjectId: person.id,
    before: act.before,
    after: act.after,
    reason: null,
  } as const;
  await audit(tx, [entry], deps.clock());
}

const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

function nowOf({ sharedClock }: Deps): number {
  return secondsOf(sharedClock());
}
