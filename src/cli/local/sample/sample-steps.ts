/**
 * The course of the sample registrations: made-up customers, of which together every state of the lifecycle is shown.
 * Times are days before the start, so that the dates fit at any time.
 */
import type { CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import type { Move } from '#src/domain/registrations/lifecycle/states.ts';

/** The people of the sample. Each partner has one person; the two reviewers sign in with `fairway login`. */
export const samplePeople = {
  pia: { email: 'pia@partner-a.example', role: 'partner', partner: 0 },
  rob: { email: 'rob@partner-b.example', role: 'partner', partner: 1 },
  carla: { email: 'carla@vendor.example', role: 'cam', partner: null },
} as const;
export const sampleReviewers = {
  olga: { email: 'olga@vendor.example', name: 'Olga (sample reviewer)' },
  omar: { email: 'omar@vendor.example', name: 'Omar (sample reviewer)' },
} as const;

type PersonName = keyof typeof samplePeople | keyof typeof sampleReviewers;
export type DealName = 'open' | 'won' | 'lost';

export interface SampleStep {
  /** The sample's name of the registration. */
  readonly registration: string;
  /** Days before the start. */
  readonly ago: number;
  readonly by: PersonName | null;
  /** `hold`: a submission for which the rules still lack facts. `pass`: an approval, unless the rules have approved. */
  readonly do: Move | 'submit' | 'hold' | 'pass' | 'win' | 'lose';
  readonly with: Omit<CommandValues, 'supersedes' | 'opportunity' | 'terms'> & {
    readonly terms?: Readonly<Record<string, string>>;
    /** Another registration of the sample. */
    readonly supersedes?: string;
    /** A deal of the CRM, whose customer, product and amount the submission has. */
    readonly deal?: DealName;
  };
}

type Values = SampleStep['with'];

/** One registration with its steps: who does what so many days ago. */
function course(
  registration: string,
  ...steps: readonly (readonly [
    ago: number,
    by: PersonName | null,
    move: SampleStep['do'],
    values?: Values,
  ])[]
): readonly SampleStep[] {
  return steps.map(([ago, by, move, values = {}]) => ({ registration, ago, by, do: move, with: values }));
}

/** A customer that no CRM of the sandbox knows. */
function deal(customerName: string, amount: string, more: Values['terms'] = {}): Values {
  const domain = `${customerName.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.example`;
  return {
    terms: {
      customerName,
      customerDomain: domain,
      customerCountry: 'DE',
      contactEmail: `einkauf@${domain}`,
      productFamily: 'Gearboxes',
      dealType: 'new',
      amount,
      currency: 'USD',
      ...more,
    },
  };
}

/** Days before the start. */
export const peopleJoinedAgo = 140;
/** Days before the start on which the programme allowed a reseller and a distributor on one deal. */
export const rolesPublishedAgo = 15.5;
/** They need that programme. */
export const withRoles: readonly string[] = ['reseller', 'co-sell'];

const conflict: Values = { reasonCode: 'conflict_earlier_registration' };

export const sampleSteps: readonly SampleStep[] = [
  ...course('reseller', [
    12.3,
    'pia',
    'submit',
    deal('Haldenstein Walzwerk', '84000.00', { partnerRole: 'reseller' }),
  ]),
  ...course('co-sell', [
    11.2,
    'rob',
    'submit',
    deal('Haldenstein Walzwerk', '84000.00', { partnerRole: 'distributor' }),
  ]),
  ...course('approved', [9.1, 'pia', 'submit', deal('Kranzfeld Optik', '48000.00')]),
  ...course('breached', [6.2, 'rob', 'submit', deal('Kranzfeld Optik', '52000.00')]),
  ...course('first-of-two', [30.3, 'pia', 'submit', deal('Zirbelhof Molkerei', '75000.00')]),
  ...course('in-time', [0.11, 'rob', 'submit', deal('Zirbelhof Molkerei', '71500.00')]),
  ...course('first-question', [20.3, 'pia', 'submit', deal('Marbach Sanitär', '21000.00')]),
  ...course(
    'question',
    [5.4, 'rob', 'submit', deal('Marbach Sanitär', '18000.00')],
    [
      4.2,
      'olga',
      'request_info',
      {
        reasonCode: 'missing_evidence',
        question: 'Please send the minutes of the meeting with the customer.',
      },
    ],
  ),
  ...course('held', [0.3, 'pia', 'hold', deal('Quellgrund Papiermühle', '22000.00')]),
  ...course('first-rejected', [33.2, 'pia', 'submit', deal('Rosenau Textil', '11000.00')]),
  ...course(
    'rejected',
    [14.5, 'rob', 'submit', deal('Rosenau Textil', '9000.00')],
    [13.2, 'olga', 'reject', conflict],
  ),
  ...course('first-appealed', [40.2, 'pia', 'submit', deal('Ostwind Getriebebau', '130000.00')]),
  ...course(
    'appealed',
    [8.3, 'rob', 'submit', deal('Ostwind Getriebebau', '118000.00')],
    [7.1, 'olga', 'reject', conflict],
    [1.2, 'rob', 'appeal', { text: 'The customer asked us for the offer before the other registration.' }],
  ),
  ...course('superseded', [35.1, 'pia', 'submit', deal('Tannbruck Armaturen', '64000.00')]),
  ...course(
    'overturned',
    [28.4, 'rob', 'submit', deal('Tannbruck Armaturen', '66000.00')],
    [27.2, 'olga', 'reject', conflict],
    [24.3, 'rob', 'appeal', { text: 'Attached: the order confirmation of the customer.' }],
    [
      22.2,
      'omar',
      'overturn',
      { reasonCode: 'new_evidence', text: 'The order names this partner.', supersedes: 'superseded' },
    ],
  ),
  ...course('expired', [130.2, 'pia', 'submit', deal('Buchenau Fördertechnik', '37000.00')]),
  ...course(
    'extension',
    [80.2, 'pia', 'submit', deal('Lindacker Maschinen', '92000.00')],
    [3.1, 'pia', 'request_extension'],
  ),
  ...course(
    'withdrawn',
    [21.4, 'pia', 'submit', deal('Seewald Kartonagen', '15000.00')],
    [19.1, 'pia', 'withdraw', { reasonCode: 'customer_declined', text: 'The customer buys next year.' }],
  ),
  ...course(
    'converted',
    [18.2, 'pia', 'submit', { deal: 'open' }],
    [17.3, 'omar', 'pass'],
    [16.2, 'carla', 'convert', { deal: 'open' }],
  ),
  ...course(
    'won',
    [26.2, 'pia', 'submit', { deal: 'won' }],
    [25.3, 'omar', 'pass'],
    [24.2, 'carla', 'convert', { deal: 'won' }],
    [2.2, null, 'win', { deal: 'won' }],
  ),
  ...course(
    'lost',
    [26.1, 'pia', 'submit', { deal: 'lost' }],
    [25.2, 'omar', 'pass'],
    [24.1, 'carla', 'convert', { deal: 'lost' }],
    [2.1, null, 'lose', { deal: 'lost', reasonCode: 'price' }],
  ),
];
