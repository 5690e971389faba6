import { audit } from '#src/db/people/audit-store.ts';
import type { Person } from '#src/db/people/person-store.ts';
import { partnerStatusOf, setPartnerStatusBy } from '#src/db/registrations/channel/channel-people-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { namedPartner } from '#src/operations/registrations/import/named-partner.ts';
import { newsPlan } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { inStepTransaction, runStepIn } from '#src/operations/registrations/lifecycle/run-step.ts';

export const partnerChanges = ['suspend', 'reinstate', 'terminate'] as const;
export type PartnerChange = (typeof partnerChanges)[number];

const facts = {
  suspend: 'partner.suspended',
  reinstate: 'partner.reinstated',
  terminate: 'partner.terminated',
} as const;
const statuses = { suspend: 'suspended', reinstate: 'active', terminate: 'terminated' } as const;

export interface PartnerChangeInput {
  /** Its code or id. */
  readonly partner: string;
  readonly change: PartnerChange;
  readonly reason: string;
}

/**
 * Suspends a partner, ends the suspension, or ends the partnership. A suspension holds waiting registrations, whose time
 * is paused. A termination rejects those that wait and withdraws those that are protected; only `reinstate` lets the
 * partner submit again, and brings none of them back.
 *
 * @throws AppError `not_found`; `conflict` for a partner that has the status already, or that the CRM suspends
 */
export async function changePartner(
  deps: Deps,
  { partner, change, reason }: PartnerChangeInput,
  actor: Pick<Person, 'id' | 'email'>,
): Promise<void> {
  const { id: partnerId = '', problem } = await namedPartner(deps.db, partner);
  if (problem !== null) throw new AppError('bad_request', `partner: ${problem}`, { field: 'partner' });
  await inStepTransaction(deps, async (tx) => {
    const found = await partnerStatusOf(tx, partnerId);
    if (found === null) throw new AppError('not_found', 'There is no such partner.', { partnerId });
    const { name, status, isSuspendedInCrm } = found;
    const isOverCrm = status === 'suspended' && change === 'suspend' && found.setBy === null;
    if (status === statuses[change] && !isOverCrm)
      throw new AppError('conflict', `${name} is ${status} already.`, { status });
    if (change === 'suspend' && status === 'terminated')
      throw new AppError('conflict', `${name} has left the programme. Reinstate the partner first.`, {
        status,
      });
    if (change === 'reinstate' && isSuspendedInCrm)
      throw new AppError('conflict', `The CRM says that ${name} is suspended. End the suspension there.`, {
        status,
      });
    const at = Math.floor(deps.sharedClock().getTime() / 1000);
    await runStepIn(deps, tx, newsPlan(deps, at, { fact: facts[change], partner: partnerId }));
    await setPartnerStatusBy(tx, partnerId, change === 'reinstate' ? null : actor.email);
    const entry = {
      actorId: actor.id,
      action: facts[change],
      subjectKind: 'partner',
      subjectId: partnerId,
      before: { status },
      after: { status: statuses[change] },
      reason,
    } as const;
    await audit(tx, [entry], deps.clock());
  });
}
