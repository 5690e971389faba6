import { ConnectorError } from '#connectors/contract/failures.ts';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';

const about = 'approvals';

/** Source: Object Reference, ApprovalWorkItem (it is shown to users with access to the object Approval Submission). */
const kinds = [
  {
    object: 'ApprovalWorkItem',
    name: 'approvals by flow',
    fix: 'let it read approval submissions (Setup › Permission Sets › Fairway_Integration › Object Settings › Approval Submissions: Read and View All Records)',
  },
  {
    object: 'ProcessInstanceStep',
    name: 'approval processes',
    fix: 'let it see them (Setup › Permission Sets › Fairway_Integration › System Permissions: View Setup and Configuration)',
  },
] as const;

/**
 * Asks whether the integration user sees the approvals of the org. Reading decisions goes on without those it does not
 * see, because an org may have none.
 * @throws ConnectorError when Salesforce does not answer
 */
export async function approvalsCheck(client: SalesforceClient): Promise<AccessCheck> {
  const hidden: (typeof kinds)[number][] = [];
  for (const kind of kinds) if (!(await isShown(client, kind.object))) hidden.push(kind);
  if (hidden.length === 0) return { about, result: 'ok', message: 'They can be read.', fix: null };
  const names = hidden.map(({ object, name }) => `${name} (${object})`).join(' and ');
  return {
    about,
    result: 'degraded',
    message: `The integration user does not see ${names}, so such an approval of a registration decides nothing in Fairway, and its record does not say so.`,
    fix: `If people approve registrations that way, ${hidden.map(({ fix }) => fix).join(', and ')}. Without approvals in the org there is nothing to do.`,
  };
}

async function isShown(client: SalesforceClient, object: string): Promise<boolean> {
  try {
    await client.query(`SELECT Id FROM ${object} LIMIT 1`);
    return true;
  } catch (error) {
    if (error instanceof ConnectorError && absent.has(error.failure.class)) return false;
    throw error;
  }
}

const absent: ReadonlySet<string> = new Set(['mapping', 'permission', 'gone']);
