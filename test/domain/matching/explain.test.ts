import { describe, expect, test } from 'vitest';
import { matchFields, type CompanyInput } from '#src/domain/matching/company.ts';
import { cleanIf, redacted } from '#src/domain/matching/explain.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';

const match = (left: CompanyInput, right: CompanyInput) =>
  matchCompanies(normaliseCompany(left), normaliseCompany(right));

describe('an explanation', () => {
  test('has one letter per field and is reproduced exactly from the stored data', () => {
    const [left, right] = [
      normaliseCompany({
        name: 'Acme GmbH',
        domain: 'acme.de',
        country: 'DE',
        phone: '089 63600',
        street: 'Hauptstr. 12',
        city: 'Berlin',
      }),
      normaliseCompany({
        name: 'Acmee Group',
        email: 'a@acme.de',
        country: 'AT',
        phone: '+49 89 63601',
        street: 'Hauptstraße 14',
        city: 'Bern',
      }),
    ];
    const first = matchCompanies(left, right);
    expect(first.grade).toMatch(/^[A-DFZ]+$/);
    expect(first.grade).toHaveLength(matchFields.length);
    expect(matchCompanies(JSON.parse(JSON.stringify(left)), JSON.parse(JSON.stringify(right)))).toEqual(
      first,
    );
  });

  test('lists the differences that would prevent the match, the strongest first', () => {
    const found = cleanIf(
      match(
        { name: 'Acme', domain: 'acme.com', country: 'DE' },
        { name: 'Acme Ltd', domain: 'acme.com', country: 'US' },
      ),
    );
    expect(found[0]).toBe(
      'No match if the domain were different, together with other fields: both have acme.com.',
    );
    expect(found[1]).toBe('No match if the name were different, together with other fields: both have acme.');
  });

  test('shows if one different field would be enough', () => {
    const found = cleanIf(
      match({ name: 'Coyote Traps', domain: 'acme.com' }, { name: 'Summit Steel', domain: 'acme.com' }),
    );
    expect(found).toEqual(['No match if the domain were different: both have acme.com.']);
  });

  test('is empty for a pair that does not match', () => {
    expect(cleanIf(match({ name: 'Coyote Traps' }, { name: 'Summit Steel' }))).toEqual([]);
  });

  test('shows a partner which fields matched and how, without the values of the other side', () => {
    const shown = redacted(
      match({ name: 'Acme', domain: 'acme.com' }, { name: 'Acme Secret Project', domain: 'acme.com' }),
    );
    expect(shown.verdict).toBe('same');
    expect(shown.fields).toContainEqual({ field: 'domain', level: 'exact' });
    expect(JSON.stringify(shown)).not.toMatch(/acme|secret/i);
  });
});

test('the shown domain is the compared one: the mail domain that agrees, or the domain that spells the name', () => {
  const shown = (left: CompanyInput, right: CompanyInput) =>
    match(left, right).evidence.find(({ field }) => field === 'domain');
  const mailbox = shown(
    { name: 'Traps', domain: 'traps.de', email: 'a@acme.com' },
    { name: 'Acme', domain: 'acme.com' },
  );
  expect(mailbox).toMatchObject({ level: 'strong', left: 'acme.com', right: 'acme.com' });
  const spelt = shown({ name: 'CT Holding', domain: 'coyotetraps.com' }, { name: 'Coyote Traps' });
  expect(spelt).toMatchObject({ level: 'weak', left: 'coyotetraps.com', right: 'coyote traps' });
});

describe('fields other than the name', () => {
  test.each<[string, CompanyInput, CompanyInput, string]>([
    [
      'the same tax number',
      { name: 'Acme', registryIds: { vat: 'DE136695976' } },
      { name: 'Traps', registryIds: { vat: 'DE 136 695 976' } },
      'same',
    ],
    [
      'different D-U-N-S numbers',
      { name: 'Acme', registryIds: { duns: '150483782' } },
      { name: 'Acme', registryIds: { duns: '150483783' } },
      'different',
    ],
    [
      'the same phone and one name inside the other',
      { name: 'Acme', phone: '+1 312 386 5286' },
      { name: 'Acme Traps', phone: '(312) 386-5286', country: 'US' },
      'same',
    ],
    [
      'the same building and different names',
      { name: 'Acme Traps', street: '12 Main St', postcode: '60302' },
      { name: 'Summit Steel', street: '12 Main Street', postcode: '60302' },
      'related',
    ],
    [
      'the same postcode and different names',
      { name: 'Acme Traps', postcode: '60302' },
      { name: 'Summit Steel', postcode: '60302' },
      'different',
    ],
    [
      'an e-mail address with the other’s domain',
      { name: 'Traps', domain: 'traps.de', email: 'a@acme.com' },
      { name: 'Acme', domain: 'acme.com' },
      'related',
    ],
    ['a trading name', { name: 'Coyote Ltd d/b/a Road Runner' }, { name: 'Road Runner Inc' }, 'same'],
    ['initials only', { name: 'IBM' }, { name: 'International Business Machines' }, 'different'],
  ])('%s: %s', (_case, left, right, verdict) => {
    expect(match(left, right).verdict).toBe(verdict);
  });
});
