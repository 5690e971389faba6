import { expect, it } from 'vitest';
import { whoDecidesNext, type NextDecision } from '#src/domain/registrations/who-decides-next.ts';

const next: NextDecision = {
  status: 'approved',
  submittedAt: new Date('2026-10-05T09:00:00Z'),
  protectedUntil: '2027-01-03',
  role: 'rival_deal',
  managerName: 'Maya Lindgren',
};

it.each<[Partial<NextDecision>, string]>([
  [{ status: 'submitted' }, 'Channel operations, by 2026-10-07.'],
  [{ status: 'in_review', role: 'registered_deal' }, 'Channel operations, by 2026-10-07.'],
  [
    {},
    'Nobody: the partner is protected until 2027-01-03. Ask the channel account manager, Maya Lindgren, before you go on.',
  ],
  [
    { managerName: null, protectedUntil: null },
    'Nobody: the partner is protected. Ask the channel account manager before you go on.',
  ],
  [{ role: 'registered_deal' }, 'Nobody: the registration is approved and protected until 2027-01-03.'],
  [{ status: 'rejected' }, 'Nobody: the registration is rejected. The partner may submit it again.'],
  [{ status: 'expired' }, 'Nobody: the registration is expired. The partner may submit it again.'],
  [{ status: 'withdrawn' }, 'Nobody: the registration is withdrawn. The partner may submit it again.'],
])('a sales rep reads who decides next: %o', (changes, text) => {
  expect(whoDecidesNext({ ...next, ...changes })).toBe(text);
});
