import type { WrittenProgram } from '#src/domain/program/document/document.ts';

/** The programme of the worked lifecycle cases, as an author writes it. */
export const written = {
  name: 'Partner programme',
  currency: 'USD',
  startsOn: '2026-01-01',
  tiers: [
    { name: 'Registered', revenue: '0 USD' },
    { name: 'Gold', revenue: '500000 USD' },
  ],
  components: [{ code: 'commission', label: 'Commission', rates: { Registered: '5 %', Gold: '10 %' } }],
  approval: {
    lead: 'lena@vendor.example',
    groups: { emea: ['olga@vendor.example', 'omar@vendor.example'] },
    routes: [{ name: 'Everything', steps: [{ name: 'review', anyOf: ['group emea'] }] }],
  },
  serviceLevel: {
    calendars: [
      {
        version: 1,
        publishedAt: null,
        timeZone: 'Europe/Berlin',
        weekly: {
          mon: ['09:00-17:00'],
          tue: ['09:00-17:00'],
          wed: ['09:00-17:00'],
          thu: ['09:00-17:00'],
          fri: ['09:00-17:00'],
        },
      },
    ],
  },
} satisfies WrittenProgram;
