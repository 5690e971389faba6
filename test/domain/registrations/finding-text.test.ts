import { describe, expect, test } from 'vitest';
import type { CompanyMatch, MatchEvidence, MatchField, MatchLevel } from '#src/domain/matching/company.ts';
import type { FamilyRelation } from '#src/domain/registrations/families.ts';
import {
  describeMatch,
  familyText,
  inBrackets,
  namedFamilyText,
} from '#src/domain/registrations/finding-text.ts';
import type { RegistrationFacts, Rival } from '#src/domain/registrations/registration.ts';
import {
  customer,
  decideWith,
  matches,
  opportunity,
  registration,
  samePartnerRegistration,
  type Decided,
} from './registration-builders.ts';

describe('the description of a match', () => {
  const evidence = (field: MatchField, level: MatchLevel, weight: number): MatchEvidence => ({
    field,
    level,
    weight,
    bits: weight,
    left: null,
    right: null,
  });
  const words = (score: number, ...found: readonly MatchEvidence[]): string =>
    describeMatch({ ...matches.related, score, evidence: found } satisfies CompanyMatch);

  test.each<[MatchField, MatchLevel, string]>([
    ['domain', 'exact', 'same domain'],
    ['domain', 'close', 'same domain name with another ending'],
    ['name', 'exact', 'same name'],
    ['name', 'strong', 'almost the same name'],
    ['name', 'close', 'similar name, possibly another company of the same group'],
    ['name', 'weak', 'one name contains the other'],
  ])('whose %s is %s: %s', (field, level, text) => {
    expect(words(0.5, evidence(field, level, 1))).toBe(text);
  });

  test('gives the strongest evidence, at any place in the list', () => {
    const all = [evidence('domain', 'close', 3), evidence('name', 'exact', 7), evidence('phone', 'exact', 9)];
    expect([words(0.5, ...all), words(0.5, ...all.toReversed())]).toEqual(['same name', 'same name']);
  });

  test('without such evidence is the rounded score in percent', () => {
    expect(words(0.876, evidence('phone', 'exact', 9))).toBe('match 88 %');
    expect(words(0.5)).toBe('match 50 %');
  });

  test('adds a different country, but not the same or an unknown one', () => {
    const name = evidence('name', 'exact', 7);
    expect(words(0.5, evidence('country', 'different', -2), name)).toBe('same name, different country');
    expect(words(0.25, evidence('country', 'different', -2))).toBe('match 25 %, different country');
    for (const level of ['exact', 'missing'] as const)
      expect(words(0.5, name, evidence('country', level, 0))).toBe('same name');
    expect(words(0.5, name, evidence('city', 'different', 0))).toBe('same name');
  });
});

test.each<[FamilyRelation, string | null, string | null]>([
  ['same', null, null],
  ['unknown', null, null],
  ['ancestor', 'overlapping product family', 'overlapping product family Search'],
  ['sibling', 'related product family', 'related product family Search'],
  ['disjoint', 'different product family', 'different product family Search'],
])('a family whose relation is %s is described as %s', (relation, text, named) => {
  expect([familyText(relation), namedFamilyText(relation, 'Search')]).toEqual([text, named]);
  expect(namedFamilyText(relation, null)).toBe(text);
});

test('details in brackets are separated by commas, without those that are null', () => {
  expect([inBrackets('a', null, 'b'), inBrackets('a'), inBrackets()]).toEqual(['(a, b)', '(a)', '()']);
});

describe('the exact messages of a finding', () => {
  const later = { submittedAt: '2026-10-05T10:00:00.000Z' };
  const approved = { status: 'approved', protectedUntil: '2026-12-31' } as const;
  const ended = { status: 'expired', protectedUntil: '2026-10-04' } as const;
  const related = { match: matches.related };

  test.each<[string, Rival, string, string, Decided?]>([
    [
      'an earlier registration of another product',
      registration({ productFamily: 'Analytics' }),
      'Same customer as DR-2026-0007 by Northwind Partners (submitted 2026-10-02, different product family Analytics, same domain).',
      'Same customer as an earlier registration of another partner (different product family, same domain).',
    ],
    [
      'an earlier registration of a related company',
      registration(related),
      'Possibly the same customer as DR-2026-0007 by Northwind Partners (submitted 2026-10-02, similar name, possibly another company of the same group, different country).',
      'Possibly the same customer as an earlier registration of another partner (similar name, possibly another company of the same group, different country).',
    ],
    [
      'a later registration',
      registration(later),
      'Same customer as the later registration DR-2026-0007 by Northwind Partners (submitted 2026-10-05, same domain).',
      'Same customer as a later registration of another partner (same domain).',
    ],
    [
      'a later registration of another product that is approved already',
      registration({ ...later, ...approved, productFamily: 'Analytics' }),
      'Same customer as the later registration DR-2026-0007 by Northwind Partners (already approved, submitted 2026-10-05, different product family Analytics, same domain).',
      'Same customer as a later registration of another partner (already approved, different product family, same domain).',
    ],
    [
      'a protection that ended yesterday',
      registration(ended),
      'Same customer as DR-2026-0007 by Northwind Partners (protection ended on 2026-10-04, 1 day ago, same domain).',
      'Same customer as a registration of another partner whose protection has ended (same domain).',
    ],
    [
      'a protection that ended two days ago',
      registration({ ...ended, protectedUntil: '2026-10-03' }),
      'Same customer as DR-2026-0007 by Northwind Partners (protection ended on 2026-10-03, 2 days ago, same domain).',
      'Same customer as a registration of another partner whose protection has ended (same domain).',
    ],
    [
      'an opportunity of our sales team',
      opportunity(),
      'Same customer as our open opportunity "Acme rollout" at Acme GmbH (Proposal, opened 2026-08-01, same domain).',
      'Same customer as an open opportunity of our sales team (same domain).',
    ],
    [
      'an opportunity of our sales team in a late stage, opened after the registration, for another product',
      opportunity({ stage: 'contractsent', openedAt: '2026-10-05T12:00:00Z', productFamily: 'Analytics' }),
      'Same customer as our open opportunity "Acme rollout" at Acme GmbH (late stage: contractsent, opened 2026-10-05, after this registration, different product family Analytics, same domain).',
      'Same customer as an open opportunity of our sales team (different product family, same domain).',
    ],
    [
      'an opportunity of our sales team without stage and opening date',
      opportunity({ stage: null, openedAt: null }),
      'Same customer as our open opportunity "Acme rollout" at Acme GmbH (same domain).',
      'Same customer as an open opportunity of our sales team (same domain).',
    ],
    [
      'a closed deal of the same partner',
      samePartnerRegistration({ outcome: 'won' }),
      'Possibly a new deal: DR-2026-0007 by the same partner is already closed (submitted 2026-10-02, same domain).',
      'Possibly a new deal: DR-2026-0007 by the same partner is already closed (submitted 2026-10-02, same domain).',
    ],
    [
      'a deal of the same partner, one without a family',
      samePartnerRegistration({ productFamily: null }),
      'Possibly a duplicate of DR-2026-0007 by the same partner: only one of the two has a product family of the programme (submitted 2026-10-02, same domain).',
      'Possibly a duplicate of DR-2026-0007 by the same partner: only one of the two has a product family of the programme (submitted 2026-10-02, same domain).',
    ],
    [
      'a deal of the same partner for a part of the family',
      samePartnerRegistration({ productFamily: 'Platform / Search' }),
      'Possibly a duplicate of DR-2026-0007 by the same partner: one product family is part of the other (submitted 2026-10-02, same domain).',
      'Possibly a duplicate of DR-2026-0007 by the same partner: one product family is part of the other (submitted 2026-10-02, same domain).',
    ],
    [
      'a deal of the same partner for another product',
      samePartnerRegistration({ productFamily: 'Analytics' }),
      'Different deal from DR-2026-0007 by the same partner for this customer (submitted 2026-10-02, same domain).',
      'Different deal from DR-2026-0007 by the same partner for this customer (submitted 2026-10-02, same domain).',
    ],
    [
      'a customer that bought before',
      customer(),
      'New business with an existing customer (first purchase 2024-03-01).',
      'Existing customer: the partner should state what is new or register a renewal.',
    ],
    [
      'a customer that bought another product',
      customer({ families: ['Analytics', 'Search'] }),
      'New business with an existing customer (first purchase 2024-03-01, different product families).',
      'Existing customer.',
    ],
    [
      'a customer of the partner itself',
      customer(),
      'New business with an existing customer (first purchase 2023-01-02, Contoso Channel: last invoiced 2025-06-07).',
      'Existing customer.',
      {
        facts: {
          invoiced: [
            { partnerId: 'p-1', partnerName: 'Contoso Channel', firstOn: '2023-01-02', lastOn: '2025-06-07' },
          ],
        },
      },
    ],
    [
      'a renewal for a customer without a known partner',
      customer(),
      'Renewal for a customer since 2024-03-01, but no sale through Contoso Channel is known.',
      'Renewal for a customer that is not known to have bought through this partner.',
      { facts: { dealType: 'renewal' } },
    ],
    [
      'a renewal for a customer of other partners',
      registration({
        status: 'approved',
        protectedUntil: '2026-01-01',
        outcome: 'won',
        submittedAt: '2025-10-02T00:00:00Z',
      }),
      'Renewal for a customer of Summit Sales (last invoiced 2025-02-02), Northwind Partners (registered as DR-2026-0007), not of Contoso Channel.',
      'Renewal for a customer of another partner.',
      {
        facts: {
          dealType: 'renewal',
          invoiced: [
            { partnerId: 'p-9', partnerName: 'Summit Sales', firstOn: '2025-01-01', lastOn: '2025-02-02' },
          ],
        },
      },
    ],
  ])('%s', (_case, rival, message, publicMessage, decided = {}) => {
    const found = decideWith(decided, rival).findings.map((finding) => [
      finding.message,
      finding.publicMessage,
    ]);
    expect(found).toContainEqual([message, publicMessage]);
  });

  test.each<[Partial<RegistrationFacts>, string]>([
    [
      { territory: 'FR; DACH', customerCountry: 'DE' },
      'Possibly outside the partner\'s territory: the customer is in DE, the territory is FR, "DACH", and not every entry is a country.',
    ],
    [
      { territory: 'DACH', customerCountry: null },
      'The customer\'s country is not known, and the partner\'s territory is limited to "DACH".',
    ],
    [
      { territory: 'FR, IT' },
      "Outside the partner's territory: the customer is in DE, the territory is FR, IT.",
    ],
    [{ dealType: 'renewal' }, 'Renewal for a company without a known purchase.'],
  ])('of a registration with %j', (facts, message) => {
    expect(decideWith({ facts }).findings.map((finding) => finding.message)).toEqual([message]);
  });

  test('of a renewal for a company that is not known to the partner', () => {
    expect(decideWith({ facts: { dealType: 'renewal' } }).reason).toBe(
      'Renewal for a company that is not a known customer.',
    );
  });
});
