import { z } from 'zod';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CrmObject } from '#src/domain/crm-schema.ts';
import { approvalsCheck } from './check-approvals.ts';
import { authorsCheck } from './check-authors.ts';
import { licenceCheck, permissionChecks } from './check-permissions.ts';
import { sharingCheck } from './check-sharing.ts';
import type { SalesforceClient } from '#connectors/salesforce/client.ts';
import { segment } from '#connectors/salesforce/record.ts';
import { crmObjectName, fieldNameOf } from '#connectors/salesforce/schema/naming.ts';
import { readStandardFields } from '#connectors/salesforce/schema/permission-sets.ts';
import type { SalesforceSettings } from '#connectors/salesforce/settings.ts';

const organizationShape = z.object({
  records: z.tuple([z.object({ Name: z.string(), OrganizationType: z.string().nullish() })]),
});
const describedShape = z.object({
  createable: z.boolean(),
  updateable: z.boolean(),
  fields: z.array(z.object({ name: z.string(), updateable: z.boolean(), createable: z.boolean() })),
});
type Described = z.infer<typeof describedShape>;

/** The clocks of a server and of Salesforce may differ by this much before signing in fails. */
const clockToleranceMs = 3 * 60_000;
/** Below this share of its daily calls an org may run out during a first read. */
const fewCallsLeft = 0.1;

/**
 * Asks the org for everything that Fairway uses and changes nothing. Each answer names the page of Setup where it is
 * corrected.
 * @throws ConnectorError when the sign-in itself fails
 */
export async function checkSalesforceAccess(
  client: SalesforceClient,
  schema: readonly CrmObject[],
  settings: SalesforceSettings,
  now: () => Date,
): Promise<readonly AccessCheck[]> {
  const checks: AccessCheck[] = [];
  const asked = await client.repeatable({
    method: 'GET',
    url: `/query?q=${encodeURIComponent('SELECT Name, OrganizationType FROM Organization')}`,
  });
  const [organization] = organizationShape.parse(asked.body).records;
  const audience = settings.auth.type === 'jwt' ? `, audience ${settings.auth.audience}` : '';
  checks.push(
    ok('sign-in', `${organization.Name} (${organization.OrganizationType ?? 'edition unknown'})${audience}`),
  );
  checks.push(clockCheck(asked.answeredAt, now()), ...(await permissionChecks(client)));
  checks.push(await licenceCheck(client));
  for (const object of schema) checks.push(...(await objectChecks(client, object)));
  checks.push(await leadsCheck(client), await peopleCheck(client), await authorsCheck(client));
  checks.push(await approvalsCheck(client));
  checks.push(await changeEventsCheck(client, settings));
  // Last, because the check itself makes calls.
  checks.push(callsCheck(client));
  return checks;
}

const ok = (about: string, message: string): AccessCheck => ({ about, result: 'ok', message, fix: null });

function clockCheck(answeredAt: string, at: Date): AccessCheck {
  const differenceMs = Math.abs(Date.parse(answeredAt) - at.getTime());
  if (differenceMs <= clockToleranceMs) return ok('clock', 'This server and Salesforce agree.');
  return {
    about: 'clock',
    result: 'missing',
    message: `This server and Salesforce differ by ${Math.round(differenceMs / 1000)} seconds.`,
    fix: 'Set the clock of this server by NTP: an assertion with a wrong time is refused.',
  };
}

function callsCheck(client: SalesforceClient): AccessCheck {
  const { used, allowed } = client.limits();
  if (used === null || allowed === null) return ok('API calls', 'Salesforce did not say how many are left.');
  const message = `${used} of ${allowed} calls of the last 24 hours are used.`;
  if (allowed - used >= allowed * fewCallsLeft) return ok('API calls', message);
  const fix =
    'See who uses them (Setup › Company Information › API Requests), or buy more calls from Salesforce.';
  return { about: 'API calls', result: 'degraded', message, fix };
}

async function objectChecks(client: SalesforceClient, object: CrmObject): Promise<readonly AccessCheck[]> {
  const name = crmObjectName(object.kind);
  const about = `object ${name}`;
  const described = await describe(client, name);
  if (!described) {
    const fix = object.custom
      ? 'Connect: Fairway deploys the object. If it exists, assign Fairway_Integration to the integration user (Setup › Permission Sets).'
      : `Connect: Fairway deploys the permission set Fairway_Integration, which lets the integration user read ${name}. If the set exists, assign it to that user (Setup › Permission Sets).`;
    return [{ about, result: 'missing', message: `The integration user does not see ${name}.`, fix }];
  }
  const mayWrite = described.updateable && (!object.custom || described.createable);
  const rights: AccessCheck = mayWrite
    ? ok(about, 'It can be read and written.')
    : {
        about,
        result: 'missing',
        message: `The integration user may not ${object.custom ? 'create and edit' : 'edit'} ${name}.`,
        fix: `Give it the right (Setup › Permission Sets › Fairway_Integration › Object Settings › ${name}).`,
      };
  // Fairway's own objects are open to it as a whole, by its permission set.
  const sharing = object.custom || !mayWrite ? [] : await sharingCheck(client, name);
  const creating =
    object.kind === 'opportunity' && described.updateable ? creationCheck(name, described) : [];
  return [rights, ...creating, ...sharing, ...fieldChecks(name, object, described)];
}

/** A conversion without an opportunity creates one. */
function creationCheck(name: string, { createable }: Described): readonly AccessCheck[] {
  if (createable) return [];
  return [
    {
      about: `new ${name}`,
      result: 'degraded',
      message: `The integration user may not create ${name}, so a registration is converted only with one that exists.`,
      fix: `Connect again, or give it the right (Setup › Permission Sets › Fairway_Integration › Object Settings › ${name}).`,
    },
  ];
}

function fieldChecks(name: string, object: CrmObject, described: Described): readonly AccessCheck[] {
  const fields = new Map(described.fields.map((field) => [field.name, field]));
  const installed = object.fields.map((field) => ({
    field: fieldNameOf(object, field.name),
    isWritten: field.writtenBy === 'fairway',
    isStandard: false,
  }));
  const standard = readStandardFields.flatMap((fullName) => {
    const [of, field = ''] = fullName.split('.');
    return of === name
      ? [{ field: field.replace(/Address$/, 'City'), isWritten: false, isStandard: true }]
      : [];
  });
  return [...installed, ...standard].flatMap(({ field, isWritten, isStandard }): AccessCheck[] => {
    const shown = fields.get(field);
    if (shown && (!isWritten || shown.updateable || shown.createable)) return [];
    const setup = `Setup › Object Manager › ${name} › Fields & Relationships › ${field} › Set Field-Level Security`;
    return [
      {
        about: `field ${name}.${field}`,
        result: 'degraded',
        message: shown
          ? 'The integration user may read it and not change it.'
          : isStandard
            ? 'The integration user does not see it.'
            : 'It is not installed, or the integration user does not see it.',
        fix: `${isStandard ? 'Assign' : 'Connect, which installs what is missing; or assign'} Fairway_Integration to the integration user, or show it to the profile of that user (${setup}).`,
      },
    ];
  });
}

async function describe(client: SalesforceClient, object: string): Promise<Described | null> {
  try {
    const { body } = await client.repeatable({ method: 'GET', url: `/sobjects/${segment(object)}/describe` });
    return describedShape.parse(body);
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.code === 'NOT_FOUND') return null;
    throw error;
  }
}

async function leadsCheck(client: SalesforceClient): Promise<AccessCheck> {
  const about = 'object Lead';
  if (await describe(client, 'Lead')) return ok(about, 'It can be read.');
  return {
    about,
    result: 'degraded',
    message: 'The integration user does not see leads, so they are not compared with registrations.',
    fix: 'Connect, which deploys and assigns Fairway_Integration; or give the right to read leads (Setup › Permission Sets › Fairway_Integration › Object Settings › Lead).',
  };
}

async function peopleCheck(client: SalesforceClient): Promise<AccessCheck> {
  const about = 'owners of records';
  const soql = encodeURIComponent('SELECT Id FROM User LIMIT 1');
  const failure = await failureOf(client.repeatable({ method: 'GET', url: `/query?q=${soql}` }));
  if (!failure) return ok(about, 'Their names can be read.');
  return {
    about,
    result: 'degraded',
    message: `${failure.message} Texts about a deal say that its owner is not known.`,
    fix: 'Let the integration user view all users (Setup › Permission Sets › System Permissions › View All Users).',
  };
}

const selected = "SELECT DeveloperName FROM PlatformEventChannelMember WHERE EventChannel = 'ChangeEvents'";

/** Professional Edition and some licences have no change events. Runs find the changes then. */
async function changeEventsCheck(
  client: SalesforceClient,
  { changeEvents }: SalesforceSettings,
): Promise<AccessCheck> {
  const about = 'change events';
  const polled = 'Changes are found by polling, every SYNC_MINUTES, and not within seconds.';
  if (changeEvents === 'off')
    return {
      about,
      result: 'degraded',
      message: `They are off. ${polled}`,
      fix: 'Connect again without --no-change-events: Fairway tries to subscribe, and says why the org refuses.',
    };
  const url = `/tooling/query?q=${encodeURIComponent(selected)}`;
  const failure = await failureOf(client.repeatable({ method: 'GET', url }));
  if (!failure) return ok(about, 'They can be subscribed to.');
  return {
    about,
    result: 'degraded',
    message: `${failure.message} ${polled}`,
    fix: 'Give the integration user “View Setup and Configuration” (Setup › Permission Sets › System Permissions). Professional Edition has no Change Data Capture; there is nothing to do.',
  };
}

async function failureOf(call: Promise<unknown>): Promise<ConnectorError['failure'] | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof ConnectorError) return error.failure;
    throw error;
  }
}
