import type { Db } from '#src/db/client.ts';
import {
  hiddenPartnerFields,
  lacksPartners,
  mostlyUnplaced,
  mostlyUnwritten,
  unreadObjects,
  type MostlyRefused,
} from '#src/db/runs/attention-view.ts';

const noPartner =
  'No account is marked as a partner, so no registration was decided and nothing was earned: connect the CRM again and choose which accounts are partners, or correct the line isPartner of its accounts under Mappings.';

/**
 * Why a run that reached its end is worth little, one sentence each: a rule or a permission is wrong for a whole
 * object, which looks like an empty CRM in the counts. Empty for a run that did its work.
 */
export async function runAttention(db: Db, runId: string): Promise<readonly string[]> {
  const unplaced = await mostlyUnplaced(db);
  const unwritten = await mostlyUnwritten(db, runId);
  return [
    ...((await lacksPartners(db)) ? [noPartner] : []),
    ...(await unreadObjects(db)).map(
      ({ connection, object, message, fix }) =>
        `${object} of ${connection} could not be read: ${message} ${fix}`,
    ),
    ...(await hiddenPartnerFields(db)).map(
      ({ connection, message, fix }) =>
        `${connection} no longer shows which accounts are partners. ${message} ${fix}`,
    ),
    ...unplaced.map((one) => sentence(one, 'could not be used')),
    ...unwritten.map((one) => sentence(one, 'were refused when written')),
  ];
}

function sentence({ connection, object, refused, total, message, fix }: MostlyRefused, what: string): string {
  return `${refused} of ${total} ${object} records of ${connection} ${what}, most often because: ${message} ${fix}`;
}
