import { installPackage } from './installed-package.ts';
import { putCurrencies } from './records/currencies.ts';
import { putRecordTypes } from './records/record-types.ts';
import type { Org } from './records/org.ts';
import type { Row } from './records/row.ts';
import { Writer } from './records/writer.ts';

/** People who own records: a channel account manager, who owns the partners, and two sales reps. */
const colleagues = [
  { FirstName: 'Maya', LastName: 'Lindgren' },
  { FirstName: 'Tom', LastName: 'Becker' },
  { FirstName: 'Priya', LastName: 'Nair' },
] as const;

/** Creates the organisation, its users, its currencies and its record types. Runs on every start and changes nothing in an existing org. */
export function bootstrapOrg(org: Org): void {
  org.store.batch(() => {
    addPeople(org);
    putCurrencies(org);
    putRecordTypes(org);
    installPackage(org);
  });
}

function addPeople(org: Org): void {
  if (org.rows('Organization').size) return;
  const users = insert(org, '', 'User', {
    Username: 'admin@cascadia.example',
    FirstName: 'Dana',
    LastName: 'Whitfield',
    Email: 'admin@cascadia.example',
    IsActive: true,
  });
  insert(org, users, 'User', {
    Username: 'fairway.integration@cascadia.example',
    FirstName: 'Fairway',
    LastName: 'Integration',
    Email: 'fairway@cascadia.example',
    IsActive: true,
  });
  for (const { FirstName, LastName } of colleagues) {
    const address = `${FirstName}.${LastName}@cascadia.example`.toLowerCase();
    insert(org, users, 'User', {
      Username: address,
      FirstName,
      LastName,
      Email: address,
      IsActive: true,
    });
  }
  insert(org, users, 'Organization', { Name: 'Cascadia Instruments' });
  describeOrganization(org);
}

/** What the edition and the set-up of the org say of it; no client may write that. */
function describeOrganization(org: Org): void {
  const object = org.schema().object('Organization');
  const { edition, timeZone } = org.profile;
  if (object)
    for (const row of org.rows(object.name).values())
      org.save(object, { ...row, OrganizationType: edition, TimeZoneSidKey: timeZone });
}

function insert(org: Org, userId: string, objectName: string, fields: Record<string, unknown>): string {
  const object = org.schema().object(objectName);
  if (!object) throw new Error(`no object ${objectName}`);
  return new Writer(org, org.schema(), { userId }).insert(object, fields);
}

const only = (row: Row | undefined): Row => {
  if (!row) throw new Error('the org has not been set up');
  return row;
};

export const organizationId = (org: Org): string => only(org.rows('Organization').values().next().value).Id;
export const adminUser = (org: Org): Row => only(org.rows('User').values().next().value);
export const integrationUser = (org: Org): Row =>
  only(
    org
      .rows('User')
      .values()
      .find((user) => String(user['Username']).startsWith('fairway')),
  );

/** The ids of the colleagues, in order. An org from before they existed has none. */
export const colleagueIds = (org: Org): readonly string[] =>
  colleagues.flatMap(({ LastName }) => {
    const found = org
      .rows('User')
      .values()
      .find((user) => user['LastName'] === LastName);
    return found ? [found.Id] : [];
  });
