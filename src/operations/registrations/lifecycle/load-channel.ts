import type { Db } from '#src/db/client.ts';
import { partnerTerms } from '#src/db/program/partner-terms.ts';
import {
  channelPartners,
  channelPeople,
  opportunityOwners,
  programmesByIds,
} from '#src/db/registrations/lifecycle/channel-store.ts';
import { lifecycleOf, type LifecycleRow } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import { registrationsOfKeys, type SubmissionKey } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import { dealFactsOf } from '#src/domain/program/document/conditions.ts';
import { lifecycleProgrammeOf } from '#src/domain/program/document/lifecycle-programme.ts';
import { submissionKeyOf } from '#src/domain/registrations/lifecycle/moves/submission.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { Channel, RoutedDeal } from '#src/domain/registrations/lifecycle/registration.ts';
import { programAt, programsByVersions } from '#src/operations/program/current-program.ts';

/** What a step names beside the registrations that it locks. */
export interface NamedInStep {
  /** The people who gave the commands, or the subjects of the news. */
  readonly by?: readonly string[];
  readonly partners?: readonly string[];
  readonly opportunities?: readonly string[];
  readonly keys?: readonly SubmissionKey[];
}

export interface LoadedChannel {
  readonly channel: Channel;
  readonly rows: ReadonlyMap<string, LifecycleRow>;
  /** The stored settings of the loaded registrations. */
  readonly programmeIds: ReadonlyMap<LifecycleProgramme, number>;
  /** The opportunities that exist of those that are linked or named. */
  readonly opportunities: ReadonlySet<string>;
}

/** The part of the channel that these registrations and a step about them can read. */
export async function loadChannel(
  tx: Db,
  rows: readonly LifecycleRow[],
  { by = [], partners = [], opportunities = [], keys = [] }: NamedInStep,
  at: Date,
): Promise<LoadedChannel> {
  const programmes = await programmesByIds(
    tx,
    rows.map(({ lifecycle }) => lifecycle.programmeId),
  );
  const registrations = rows.map((row) => {
    const programme = programmes.get(row.lifecycle.programmeId);
    if (programme === undefined) throw new Error(`programme ${row.lifecycle.programmeId} is missing`);
    return lifecycleOf(row, programme);
  });
  const named = [...new Set([...registrations.map(({ partner }) => partner), ...partners])];
  const linked = registrations.flatMap(({ opportunity }) => opportunity ?? []);
  const owners = await opportunityOwners(tx, [...new Set([...linked, ...opportunities])]);
  const people = await channelPeople(tx, { partners: named, by, since: at });
  const channelPartnersById = await channelPartners(tx, named, by);
  const used = await registrationsOfKeys(tx, keys);
  const versions = [...programmes.values()].map(({ version }) => version);
  return {
    channel: {
      people,
      partners: channelPartnersById,
      ...(await programmesFor(tx, { people, partners: Object.keys(channelPartnersById), versions, at })),
      registrations: Object.fromEntries(registrations.map((one) => [one.id, one])),
      submissionKeys: Object.fromEntries(
        used.map(({ sender, key, registrationId }) => [submissionKeyOf(sender, key), registrationId]),
      ),
      opportunityOwners: Object.fromEntries(
        [...owners].flatMap(([id, owner]) => (owner === null ? [] : [[id, owner]])),
      ),
    },
    rows: new Map(rows.map((row) => [row.lifecycle.registrationId, row])),
    programmeIds: new Map([...programmes].map(([id, programme]) => [programme, id])),
    opportunities: new Set(owners.keys()),
  };
}

/** The programme in force, and how these versions and that one decide about a deal. */
async function programmesFor(
  tx: Db,
  {
    people,
    partners,
    versions,
    at,
  }: {
    readonly people: Channel['people'];
    readonly partners: readonly string[];
    readonly versions: readonly number[];
    readonly at: Date;
  },
): Promise<Pick<Channel, 'programme' | 'settingsFor'>> {
  const inForce = await programAt(tx, at);
  const older = await programsByVersions(
    tx,
    versions.filter((version) => version !== inForce.version),
  );
  const documents = new Map([inForce, ...older].map(({ version, document }) => [version, document]));
  const termsOn = await partnerTerms(tx, partners);
  const today = at.toISOString().slice(0, 10);
  const names = new Map(Object.keys(people).map((name) => [name.toLowerCase(), name]));
  const idsOf = (approver: string) => [names.get(approver) ?? approver];
  const settingsFor = (version: number, deal: RoutedDeal): LifecycleProgramme => {
    const document = documents.get(version);
    if (document === undefined) throw new RangeError(`version ${version} of the programme was not loaded`);
    const { code, tier, cam } = termsOn(deal.partner, today);
    return lifecycleProgrammeOf(document, version, {
      deal: dealFactsOf(deal.terms, { partnerCode: code, tier, cam }),
      idsOf,
    });
  };
  const programme = lifecycleProgrammeOf(inForce.document, inForce.version, { idsOf });
  return { programme: { ...programme, reasons: inForce.document.reasons }, settingsFor };
}
