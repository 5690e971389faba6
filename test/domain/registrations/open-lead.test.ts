import { describe, expect, it } from 'vitest';
import type { Rival } from '#src/domain/registrations/registration.ts';
import { brief, decide, matches } from './registration-builders.ts';

type Lead = Extract<Rival, { kind: 'lead' }>;

/** Opened ten days before the registration. */
function lead(changes: Partial<Lead> = {}): Lead {
  return {
    kind: 'lead',
    id: 'l-1',
    accountName: 'Acme Robotics',
    status: 'Working - Contacted',
    openedAt: '2026-09-25T09:00:00Z',
    match: matches.sameByDomain,
    ...changes,
  };
}

describe('an open lead of our own sales team', () => {
  it('is decided by a person if it is fresh and about the same customer', () => {
    const decision = decide(lead());
    expect(brief(decision)).toEqual(['review', 'open_lead review']);
    expect(decision.findings[0]).toMatchObject({
      message:
        'Same customer as our lead at Acme Robotics (Working - Contacted, opened 2026-09-25, same domain).',
      publicMessage: 'Same customer as a lead of our sales team (same domain).',
    });
  });

  it.each([
    ['on the day 180 days before the registration', '2026-04-08T23:00:00Z', 'open_lead review'],
    ['a day before that', '2026-04-07T23:00:00Z', 'open_lead note'],
    ['at the same instant', '2026-10-05T09:00:00Z', 'open_lead review'],
    ['after the registration', '2026-10-05T09:00:01Z', 'open_lead note'],
    ['at an unknown time', null, 'open_lead note'],
  ])('opened %s is decided so', (_when, openedAt, expected) => {
    expect(brief(decide(lead({ openedAt })))[1]).toBe(expected);
  });

  it('only gets a note if the company may be another one, and is nothing if it is another one', () => {
    expect(brief(decide(lead({ match: matches.related })))).toEqual(['approve', 'open_lead note']);
    expect(brief(decide(lead({ match: matches.different })))).toEqual(['approve']);
  });
});
