import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { InstallReport } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { toDescription } from './describe.ts';
import { isCaptured, toPackage, toZip } from './metadata.ts';
import { changeEventOf, channelMemberOf, crmObjectName, fieldNameOf, permissionSetName } from './naming.ts';
import { readStandardFields } from './permission-sets.ts';
import type { SalesforceSettings } from '#connectors/salesforce/settings.ts';
import { quoted, segment } from '#connectors/salesforce/record.ts';

const firstPollMs = 100;
const slowestPollMs = 3000;
const longestWaitMs = 10 * 60_000;

/** One or several: Salesforce returns a single message without a list around it. */
const messages = z.union([
  z.array(z.unknown()),
  z.unknown().transform((one) => (one === undefined || one === null ? [] : [one])),
]);
const failureShape = z.object({ fullName: z.string(), problem: z.string().nullish() });
const successShape = z.object({
  fullName: z.string(),
  created: z.boolean(),
  componentType: z.string().nullish(),
});
const deployShape = z.object({
  deployResult: z.object({
    done: z.boolean(),
    success: z.boolean(),
    status: z.string(),
    errorMessage: z.string().nullish(),
    details: z
      .object({ componentSuccesses: messages.optional(), componentFailures: messages.optional() })
      .optional(),
  }),
});
type DeployResult = z.infer<typeof deployShape>['deployResult'];
const membersShape = z.object({
  records: z.array(z.object({ DeveloperName: z.string(), SelectedEntity: z.string() })),
});
const idsShape = z.object({ records: z.array(z.object({ Id: z.string() })) });

/**
 * Deploys the parts of the schema that are missing in the org, and assigns the permission set to the
 * integration user. Existing parts stay as the org's admins have changed them. Where the org has no change events,
 * or none left, the report says so, and runs find the changes.
 * @throws ConnectorError with the components that Salesforce refused
 */
export async function installSalesforceSchema(
  client: SalesforceClient,
  schema: readonly CrmObject[],
  settings: Pick<SalesforceSettings, 'apiVersion' | 'changeEvents'>,
): Promise<InstallReport> {
  const selected = settings.changeEvents === 'on' ? await selectedEntities(client) : null;
  const { missing, existing } = await compare(client, schema, selected);
  const noEvents = settings.changeEvents === 'on' && selected === null ? notAvailable : null;
  if (missing.size === 0) return { created: [], existing, ...withoutEvents(noEvents) };
  const deploy = (isIn: (name: string) => boolean): Promise<DeployResult> =>
    deployed(client, toZip(toPackage(schema, settings.apiVersion, isIn)));
  let result = await deploy((name) => missing.has(name));
  const refusedEvents = onlyMembersRefused(result);
  if (refusedEvents !== null) result = await deploy((name) => missing.has(name) && !isChannelMember(name));
  if (!result.success) throw refused(result);
  const created = (result.details?.componentSuccesses ?? [])
    .map((message) => successShape.parse(message))
    .filter((message) => message.created);
  await assignPermissionSet(client);
  const names = created.filter((message) => message.componentType !== '').map((message) => message.fullName);
  return { created: names, existing, ...withoutEvents(refusedEvents ?? noEvents) };
}

async function deployed(client: SalesforceClient, zip: Buffer): Promise<DeployResult> {
  return orSetupFix(mayNotDeploy, async () => finished(client, await client.deploy(zip)));
}

const mayNotDeploy =
  'Give the integration user “Modify Metadata Through Metadata API Functions” for the first connect (Setup › Permission Sets › System Permissions). Or let an admin deploy what `npm run fairway -- schema --out salesforce-source` writes, and assign Fairway_Integration to that user. Then connect again.';
const mayNotAssign =
  'Assign Fairway_Integration to the integration user (Setup › Permission Sets › Fairway_Integration › Manage Assignments), or give that user “Assign Permission Sets”. Then connect again.';

const licenceMissing =
  'Assign the permission set licence Salesforce API Integration to the integration user (Setup › Users › that user › Permission Set License Assignments › Edit Assignments). Then connect again.';

/** A refusal in Setup is not about a record, so the usual advice would be wrong. */
async function orSetupFix<T>(fix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.failure.message.includes('user license'))
      throw new ConnectorError({ ...error.failure, class: 'permission', fix: licenceMissing }, error);
    if (error.failure.class !== 'permission') throw error;
    throw new ConnectorError({ ...error.failure, fix }, error);
  }
}

const notAvailable =
  'The org has no Change Data Capture (Professional Edition), or the integration user lacks “View Setup and Configuration”.';
const polled = 'Fairway finds changes by polling, every SYNC_MINUTES, and not within seconds.';

/** The connection gets no stream. The next connect tries again. */
const withoutEvents = (reason: string | null): Pick<InstallReport, 'degraded' | 'discovered'> =>
  reason === null ? {} : { degraded: [`${reason} ${polled}`], discovered: { changeEvents: 'off' } };

/** Why the org selects no further objects for change events. Null when something else was refused as well. */
function onlyMembersRefused(result: DeployResult): string | null {
  const failures = failuresOf(result);
  if (result.success || failures.length === 0) return null;
  // Without its members the manifest is wrong, too.
  const others = failures.filter(({ fullName }) => !isChannelMember(fullName) && fullName !== 'package.xml');
  if (others.length > 0) return null;
  const problem = failures.find(({ fullName }) => isChannelMember(fullName))?.problem ?? 'refused';
  return `Salesforce refused to announce changes: ${problem} To have them, deselect an object under Setup › Change Data Capture (most editions allow five), and connect again.`;
}

const failuresOf = (result: DeployResult): readonly z.infer<typeof failureShape>[] =>
  (result.details?.componentFailures ?? []).map((message) => failureShape.parse(message));

/**
 * The full names that the org does not show, and the number of those it shows. A hidden object is reported as
 * not found.
 */
async function compare(
  client: SalesforceClient,
  schema: readonly CrmObject[],
  selected: ReadonlySet<string> | null,
): Promise<{ missing: Set<string>; existing: number }> {
  const missing = new Set<string>();
  let existing = 0;
  for (const object of schema) {
    const name = crmObjectName(object.kind);
    const shown = await fieldNames(client, name);
    const wanted = [
      ...(object.custom ? [name] : []),
      ...object.fields.map((field) => `${name}.${fieldNameOf(object, field.name)}`),
    ];
    if (selected && isCaptured(object)) {
      if (selected.has(changeEventOf(name)) || selected.has(channelMemberOf(name))) existing += 1;
      else missing.add(channelMemberOf(name));
    }
    // The permission set shows these. An org that was connected before has an older one.
    for (const fullName of hiddenStandardFields(name, shown)) missing.add(fullName);
    for (const fullName of wanted) {
      if (shown && (fullName === name || shown.has(fullName.slice(name.length + 1)))) existing += 1;
      else missing.add(fullName);
    }
  }
  return { missing, existing };
}

/** Addresses are described by their parts. */
function hiddenStandardFields(object: string, shown: ReadonlySet<string> | null): readonly string[] {
  const described = (name: string): boolean =>
    shown?.has(name.endsWith('Address') ? name.replace(/Address$/, 'City') : name) ?? false;
  return readStandardFields.filter((fullName) => {
    const [of, field = ''] = fullName.split('.');
    return of === object && !described(field);
  });
}

/**
 * The objects whose changes the org already reports, by entity and by component. Null where Salesforce does not know
 * the list: the edition has no Change Data Capture, or the user may not see it.
 */
async function selectedEntities(client: SalesforceClient): Promise<ReadonlySet<string> | null> {
  const soql =
    "SELECT DeveloperName, SelectedEntity FROM PlatformEventChannelMember WHERE EventChannel = 'ChangeEvents'";
  try {
    const { body } = await client.repeatable({
      method: 'GET',
      url: `/tooling/query?q=${encodeURIComponent(soql)}`,
    });
    const { records } = membersShape.parse(body);
    return new Set(records.flatMap((member) => [member.DeveloperName, member.SelectedEntity]));
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.code === 'INVALID_TYPE') return null;
    throw error;
  }
}

async function fieldNames(client: SalesforceClient, object: string): Promise<Set<string> | null> {
  try {
    const { body } = await client.repeatable({ method: 'GET', url: `/sobjects/${segment(object)}/describe` });
    return new Set(toDescription(body).fields.map((field) => field.name));
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.code === 'NOT_FOUND') return null;
    throw error;
  }
}

async function finished(client: SalesforceClient, id: string): Promise<DeployResult> {
  let waitedMs = 0;
  for (let waitMs = firstPollMs; waitedMs < longestWaitMs; waitMs = Math.min(waitMs * 2, slowestPollMs)) {
    const { body } = await client.repeatable({
      method: 'GET',
      url: `/metadata/deployRequest/${segment(id)}?includeDetails=true`,
    });
    const { deployResult } = deployShape.parse(body);
    if (deployResult.done) return deployResult;
    await pause(waitMs);
    waitedMs += waitMs;
  }
  throw new ConnectorError({
    class: 'retry',
    code: 'deploy_unfinished',
    message: `The deployment ${id} has not finished in ten minutes.`,
    fix: 'Look at Setup › Deployment Status, and connect again when it is done.',
  });
}

const correctSetup =
  'Correct the named components in Setup, give the integration user the permissions “Customize Application” and “Modify Metadata Through Metadata API Functions” (Setup › Permission Sets), and connect again.';
const isChannelMember = (fullName: string): boolean => fullName.startsWith('ChangeEvents_');

function refused(result: DeployResult): ConnectorError {
  const failures = failuresOf(result);
  const problems = failures.map((failure) => `${failure.fullName}: ${failure.problem ?? 'refused'}`);
  return new ConnectorError({
    class: 'permission',
    code: 'deploy_failed',
    message:
      problems.slice(0, 5).join(' · ') ||
      (result.errorMessage ?? `The deployment ended as ${result.status}.`),
    fix: correctSetup,
    fields: failures.map((failure) => failure.fullName),
  });
}

/** Deployed fields are invisible, even to administrators, until a permission set shows them. */
async function assignPermissionSet(client: SalesforceClient): Promise<void> {
  const [permissionSetId] = await idsOf(
    client,
    `SELECT Id FROM PermissionSet WHERE Name = '${permissionSetName}'`,
  );
  if (permissionSetId === undefined)
    throw new Error(`the permission set ${permissionSetName} is not there after its deployment`);
  const userId = await client.userId();
  const assigned = await idsOf(
    client,
    `SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = '${permissionSetId}' AND AssigneeId = '${quoted(userId)}'`,
  );
  if (assigned.length) return;
  const body = JSON.stringify({ PermissionSetId: permissionSetId, AssigneeId: userId });
  const headers = { 'content-type': 'application/json' };
  await orSetupFix(mayNotAssign, () =>
    client.once({ method: 'POST', url: '/sobjects/PermissionSetAssignment', headers, body }),
  );
}

async function idsOf(client: SalesforceClient, soql: string): Promise<string[]> {
  const body = await client.query(soql);
  return idsShape.parse(body).records.map((record) => record.Id);
}
