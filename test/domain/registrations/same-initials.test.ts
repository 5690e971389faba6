import { describe, expect, it } from 'vitest';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { brief, decide, decideWith, registration } from './registration-builders.ts';

const named = (name: string, country: string | null = null) =>
  normaliseCompany({ name, domain: null, country });

describe('a rival of which one name is only the initials of the other', () => {
  it.each([
    ['PGE', 'Pacific Gas & Electric'],
    ['P&G', 'Procter & Gamble'],
    ['EY', 'Ernst & Young'],
    ['BMW', 'Bayerische Motoren Werke AG'],
    ['I.B.M.', 'International Business Machines Corporation'],
  ])('%s and %s: the reviewer gets a note, and the registration is approved', (short, long) => {
    const match = matchCompanies(named(short), named(long));
    expect([match.verdict, match.isInitials]).toEqual(['different', true]);
    const decision = decideWith(
      { facts: { customerName: short, customerDomain: null } },
      registration({ status: 'in_review', customerName: long, match }),
    );
    expect(brief(decision)).toEqual(['approve', 'same_initials note']);
    expect(decision.findings[0]).toMatchObject({
      message: `"${short}" are the initials of "${long}": registration DR-2026-0007 by Northwind Partners (submitted 2026-10-02).`,
    });
    expect(decision.findings[0]?.publicMessage).not.toContain('DR-2026-0007');
  });

  it('is nothing if that registration holds no place any more, and after a name that differs otherwise', () => {
    const match = matchCompanies(named('PGE'), named('Pacific Gas & Electric'));
    expect(brief(decide(registration({ status: 'withdrawn', match })))).toEqual(['approve']);
    const other = matchCompanies(named('PGE'), named('Summit Steel'));
    expect(brief(decide(registration({ match: other })))).toEqual(['approve']);
  });
});
