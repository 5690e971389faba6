import type { Db } from '#src/db/client.ts';
import {
  channelPartners,
  channelPeople,
  opportunityOwners,
  programmeInForce,
  programmesByIds,
} from '#src/db/registrations/lifecycle/channel-store.ts';
import { lifecycleOf, type LifecycleRow } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import { AppError } from '#src/domain/errors.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { Channel } from '#src/domain/registrations/lifecycle/registration.ts';

/** What a step names beside the registrations that it locks. */
export interface NamedInStep {
  /** The person who gave the command, or the subject of the news. */
  readonly by?: string;
  readonly partners?: readonly string[];
  readonly opportunities?: readonly string[];
  /** The programme that the step publishes, for the first one. */
  readonly published?: LifecycleProgramme;
}

export interface LoadedChannel {
  readonly channel: Channel;
  readonly rows: ReadonlyMap<string, LifecycleRow>;
  readonly programmeIds: ReadonlyMap<LifecycleProgramme, number>;
  /** The opportunities that exist of those that are linked or named. */
  readonly opportunities: ReadonlySet<string>;
}

/**
 * The part of the channel that these registrations and a step about them can read.
 *
 * @throws AppError `conflict` before the first programme is published
 */
export async function loadChannel(
  tx: Db,
  rows: readonly LifecycleRow[],
  { by, partners = [], opportunities = [], published }: NamedInStep,
  at: Date,
): Promise<LoadedChannel> {
  const inForce = (await programmeInForce(tx)) ?? (published && { id: 0, programme: published }) ?? null;
  if (inForce === null)
    throw new AppError('conflict', 'Publish a programme first. It has the rules for registrations.', {
      reason: 'no_programme',
    });
  const older = rows.map(({ lifecycle }) => lifecycle.programmeId).filter((id) => id !== inForce.id);
  const programmes = new Map([
    ...(await programmesByIds(tx, older)),
    [inForce.id, inForce.programme] as const,
  ]);
  const registrations = rows.map((row) => {
    const programme = programmes.get(row.lifecycle.programmeId);
    if (programme === undefined) throw new Error(`programme ${row.lifecycle.programmeId} is missing`);
    return lifecycleOf(row, programme);
  });
  const partnerIds = [...new Set([...registrations.map(({ partner }) => partner), ...partners])];
  const linked = registrations.flatMap(({ opportunity }) => opportunity ?? []);
  const owners = await opportunityOwners(tx, [...new Set([...linked, ...opportunities])]);
  return {
    channel: {
      people: await channelPeople(tx, { partners: partnerIds, by: by ?? null, since: at }),
      partners: await channelPartners(tx, partnerIds, by ?? null),
      programme: inForce.programme,
      registrations: Object.fromEntries(registrations.map((one) => [one.id, one])),
      submissionKeys: {},
      opportunityOwners: Object.fromEntries(
        [...owners].flatMap(([id, owner]) => (owner === null ? [] : [[id, owner]])),
      ),
    },
    rows: new Map(rows.map((row) => [row.lifecycle.registrationId, row])),
    programmeIds: new Map([...programmes].map(([id, programme]) => [programme, id])),
    opportunities: new Set(owners.keys()),
  };
}
