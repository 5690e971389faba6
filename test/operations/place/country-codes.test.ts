import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openProblems } from '#test/support/queries.ts';
import { sampleAccount, startHubspotFixture } from '#test/operations/pull/reading-fixture.ts';

const accounts = [
  sampleAccount('Renamed', { country: 'MD', countryName: 'Our region east' }),
  sampleAccount('Coded only', { country: 'AT', countryName: null }),
  sampleAccount('Named only', { country: null, countryName: 'Deutschland' }),
];

async function countriesOf(lacking: readonly string[]) {
  await using fixture = await startHubspotFixture(
    { accounts, opportunities: [], registrations: [] },
    lacking,
  );
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

describe('the country of a company in HubSpot', () => {
  it('is that of its code where there is one, and that of its name elsewhere', async () => {
    expect(await countriesOf([])).toEqual({
      countries: { Renamed: 'MD', 'Coded only': 'AT', 'Named only': 'DE' },
      problems: [],
    });
  });

  it('is that of its name in an account without the property for the code', async () => {
    const { countries, problems } = await countriesOf(['hs_country_code']);
    expect(countries).toEqual({ Renamed: null, 'Coded only': null, 'Named only': 'DE' });
    expect(problems).toEqual(['not_a_country']);
  });

  it('stays what it was while the new one cannot be read, with a problem, and the other fields follow', async () => {
    await using fixture = await startHubspotFixture({ accounts, opportunities: [], registrations: [] });
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
