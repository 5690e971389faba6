import fc from 'fast-check';
import type { CrmName } from './crm-people.ts';

/** Fields that go both ways, one of each policy, and values that meet by chance. */
export const twoWayFields = {
  customerName: ['Nordwind Maschinenbau', 'Nordwind Machinery', 'Südwind Anlagen'],
  contactEmail: ['ann@nordwind.example', 'bob@nordwind.example', null],
  productFamily: ['Core', 'Edge', 'Cloud'],
  dealType: ['new', 'renewal'],
  expectedClose: ['2027-01-31', '2027-03-31'],
  amount: ['1000', '2500.50', '99'],
} as const satisfies Readonly<Record<string, readonly (string | null)[]>>;
export type TwoWayField = keyof typeof twoWayFields;

/** The fault that happens once, at the nth call of that sort. */
export const troubles = {
  unavailable: { fault: { kind: 'status', status: 503 } },
  throttled: { fault: { kind: 'status', status: 429, retryAfterSeconds: 1 } },
  'cut before': { fault: { kind: 'cut', when: 'before' } },
  'cut after': { fault: { kind: 'cut', when: 'after' } },
  'row locked': { fault: { kind: 'lock_row', every: 1 } },
  'row refused': { fault: { kind: 'partial', rows: [0] } },
  'visible late': { fault: { kind: 'late', ms: 300 } },
  slow: { fault: { kind: 'slow', ms: 150 } },
  'tokens expired': { fault: { kind: 'expire_tokens' } },
} as const;
export type Trouble = keyof typeof troubles;

export type Action =
  | { readonly do: 'crm edits'; readonly field: TwoWayField; readonly value: string | null }
  | { readonly do: 'fairway edits'; readonly field: TwoWayField; readonly value: string | null }
  /** Somebody overwrites an answer of Fairway's. */
  | { readonly do: 'crm overwrites status'; readonly value: string }
  | { readonly do: 'crm deletes' }
  | { readonly do: 'crm restores' }
  | { readonly do: 'crm merges customers' }
  | { readonly do: 'hint'; readonly times: number }
  | { readonly do: 'trouble'; readonly trouble: Trouble; readonly nth: number }
  /** Starts the main job and goes on while it runs. */
  | { readonly do: 'start run' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'finish run' }
  | { readonly do: 'kill worker' }
  /** Redis forgets everything; without Redis, nothing happens. */
  | { readonly do: 'flush queue' };

export interface Schedule {
  readonly crm: CrmName;
  readonly actions: readonly Action[];
}

const edit = fc
  .constantFrom(...(Object.keys(twoWayFields) as TwoWayField[]))
  .chain((field) =>
    fc.record({ field: fc.constant(field), value: fc.constantFrom<string | null>(...twoWayFields[field]) }),
  );

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: edit.map((one): Action => ({ do: 'crm edits', ...one })) },
  { weight: 6, arbitrary: edit.map((one): Action => ({ do: 'fairway edits', ...one })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('rejected', 'expired', 'submitted')
      .map((value): Action => ({ do: 'crm overwrites status', value })),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'crm deletes' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'crm restores' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'crm merges customers' }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }).map((times): Action => ({ do: 'hint', times })) },
  {
    weight: 5,
    arbitrary: fc
      .record({
        trouble: fc.constantFrom(...(Object.keys(troubles) as Trouble[])),
        nth: fc.integer({ min: 1, max: 6 }),
      })
      .map((one): Action => ({ do: 'trouble', ...one })),
  },
  { weight: 5, arbitrary: fc.constant<Action>({ do: 'start run' }) },
  { weight: 2, arbitrary: fc.integer({ min: 5, max: 250 }).map((ms): Action => ({ do: 'wait', ms })) },
  { weight: 3, arbitrary: fc.constant<Action>({ do: 'finish run' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'kill worker' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'flush queue' }) },
);

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  crm: fc.constantFrom<CrmName>('salesforce', 'hubspot'),
  actions: fc.array(action, { minLength: 3, maxLength: 14 }),
});
