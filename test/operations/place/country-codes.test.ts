import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openProblems } from '#test/support/queries.ts';
import {
  sampleAccount,
  startHubspotFixture,
  startSalesforceFixture,
  type ReadingFixture,
} from '#test/operations/pull/reading-fixture.ts';

const accounts = [
  sampleAccount('Renamed', { country: 'MD', countryName: 'Our region east' }),
  sampleAccount('Coded only', { country: 'AT', countryName: null }),
  sampleAccount('Named only', { country: null, countryName: 'Deutschland' }),
];

const sample = { accounts, opportunities: [], registrations: [] };

async function countriesIn(fixture: ReadingFixture) {
  await fixture.read('account');
  await fixture.map();
  const rows = await fixture.deps.db.execute<{ name: string; country: string | null }>(
    sql`select name, country from account`,
  );
  return {
    countries: Object.fromEntries(rows.map(({ name, country }) => [name, country])),
    problems: (await openProblems(fixture.deps.db)).map(({ code }) => code),
  };
}

describe('the country of a company in HubSpot', { timeout: 60_000 }, () => {
  it('is that of its code where there is one, and that of its name elsewhere', async () => {
    await using fixture = await startHubspotFixture(sample);
    expect(await countriesIn(fixture)).toEqual({
      countries: { Renamed: 'MD', 'Coded only': 'AT', 'Named only': 'DE' },
      problems: [],
    });
  });

  it('is that of its name in an account without the property for the code', async () => {
    await using fixture = await startHubspotFixture(sample, ['hs_country_code']);
    const { countries, problems } = await countriesIn(fixture);
    expect(countries).toEqual({ Renamed: null, 'Coded only': null, 'Named only': 'DE' });
    expect(problems).toEqual(['not_a_country']);
  });

  it('stays what it was while the new one cannot be read, with a problem, and the other fields follow', async () => {
    await using fixture = await startHubspotFixture(sample);
    await fixture.read('account');
    await fixture.map();
    const extId = await fixture.idOf('account', 'Named only');
    const stored = async () => {
      const [row] = await fixture.deps.db.execute(
        sql`select country, city from account where name = 'Named only'`,
      );
      return row;
    };
    fixture.pass(60_000);
    await fixture.edit('account', extId, { country: 'Atlantis', city: 'Poseidonis' });
    await fixture.read('account');
    await fixture.map();
    expect(await stored()).toEqual({ country: 'DE', city: 'Poseidonis' });
    expect(await openProblems(fixture.deps.db)).toMatchObject([{ ref: extId, code: 'not_a_country' }]);
    fixture.pass(60_000);
    await fixture.edit('account', extId, { country: 'Austria' });
    await fixture.read('account');
    await fixture.map();
    expect(await stored()).toEqual({ country: 'AT', city: 'Poseidonis' });
    expect(await openProblems(fixture.deps.db)).toEqual([]);
  });
});

describe('the country of an account in Salesforce', { timeout: 60_000 }, () => {
  it('is that of its code in an org with picklists of countries, whose names its admin may change', async () => {
    await using fixture = await startSalesforceFixture(sample, 'country-picklists');
    expect(await countriesIn(fixture)).toEqual({
      countries: { Renamed: 'MD', 'Coded only': 'AT', 'Named only': 'DE' },
      problems: [],
    });
  });
});
