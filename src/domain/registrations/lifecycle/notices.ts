/** Notices: the people who are informed about an event, and the names that a notice hides. */
import { redactedReasons } from './reasons.ts';
import type { Channel, LifecycleRegistration } from './registration.ts';

/** A notice about one registration. `mustNotContain` lists what a redacted notice hides. */
export interface Notice {
  readonly event: string;
  readonly registration: string;
  /** In alphabetical order. */
  readonly to: readonly string[];
  readonly redacted?: true;
  readonly mustNotContain?: readonly string[];
  /** Days until the protection ends; only for `about_to_expire`. */
  readonly days?: number;
}

/** The partner's people, without its services. */
export function peopleOfPartner({ people }: Channel, partner: string): readonly string[] {
  return Object.entries(people)
    .filter(
      ([, person]) => person.role === 'partner' && person.partner === partner && person.hasLeft !== true,
    )
    .map(([name]) => name);
}

export function partnerAndManager(channel: Channel, { partner }: LifecycleRegistration): readonly string[] {
  return [...peopleOfPartner(channel, partner), ...managerOf(channel, partner)];
}

export function managerOf({ partners }: Channel, partner: string): readonly string[] {
  const cam = partners[partner]?.cam ?? null;
  return cam === null ? [] : [cam];
}

/** The owner of the opportunity, when one is linked. */
export function linkedOwner(
  { opportunityOwners }: Channel,
  { opportunity }: LifecycleRegistration,
): readonly string[] {
  const owner = opportunity === null ? undefined : opportunityOwners[opportunity];
  return owner === undefined ? [] : [owner];
}

export function allOps({ people }: Channel): readonly string[] {
  return Object.entries(people)
    .filter(([, { role, hasLeft }]) => role === 'ops' && hasLeft !== true)
    .map(([name]) => name);
}

/** A notice about such a decision hides names and numbers of other partners that registered the deal. */
export function redactionOf(
  { registrations, partners }: Channel,
  registration: LifecycleRegistration,
): Pick<Notice, 'redacted' | 'mustNotContain'> {
  if (registration.reasonCode === null || !redactedReasons.has(registration.reasonCode)) return {};
  const rivals = Object.values(registrations).filter(
    ({ deal, partner }) => deal === registration.deal && partner !== registration.partner,
  );
  const hidden = rivals.flatMap(({ partner, number }) => [partners[partner]?.name ?? partner, number]);
  return { redacted: true, mustNotContain: [...new Set(hidden)] };
}
