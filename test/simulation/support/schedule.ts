import fc from 'fast-check';
import { vendors } from './crm.ts';
import { fieldNames } from './fields.ts';

/**
 * Numbers are reduced to what there is at the time (`n mod count`), so that a schedule stays one when it is
 * shrunk.
 */
export type Action =
  | {
      readonly do: 'crm edits';
      readonly crm: number;
      readonly record: number;
      readonly field: number;
      readonly value: ValueSource;
    }
  | {
      readonly do: 'fairway edits';
      readonly crm: number;
      readonly record: number;
      readonly field: number;
      readonly value: ValueSource;
    }
  | { readonly do: 'derive'; readonly crm: number; readonly record: number }
  | {
      readonly do: 'answer';
      readonly crm: number;
      readonly record: number;
      readonly winner: 'crm' | 'fairway';
    }
  | { readonly do: 'create' | 'delete' | 'restore' | 'merge'; readonly crm: number; readonly record: number }
  | { readonly do: 'weather'; readonly crm: number; readonly commitDelay: number; readonly indexLag: number }
  | {
      readonly do: 'hint';
      readonly crm: number;
      readonly record: number;
      readonly fate: 'arrives' | 'arrives twice' | 'is lost';
    }
  | {
      readonly do: 'fault';
      readonly crm: number;
      readonly is: 'rows refused' | 'time-out' | 'limit';
      readonly rows: number;
    }
  | { readonly do: 'start'; readonly crm: number; readonly process: ProcessName; readonly steps: number }
  | { readonly do: 'go on'; readonly process: number; readonly steps: number }
  | { readonly do: 'crash' }
  | { readonly do: 'wait'; readonly ms: number };
export type ValueSource = 'new' | 'blank' | 'as on the other side';
export type ProcessName = 'poll' | 'refresh' | 'plan' | 'push';

const minutes = 60_000;
/**
 * Together less than the look-back: what takes longer is found by a reconciliation, which is not simulated
 * here.
 */
const delays = { commit: 4, index: 3 };

const crm = fc.nat({ max: vendors.length - 1 });
/** Things go wrong where much happens to one field of one record. */
const record = fc.constantFrom(0, 0, 0, 1, 2, 3);
const field = fc.constantFrom(0, 0, 0, 0, ...fieldNames.keys());
const steps = fc.constantFrom(1, 1, 2, 3, 5, 50, 50);
const value = fc.constantFrom<ValueSource>('new', 'new', 'new', 'new', 'blank', 'as on the other side');
const one = <const Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: one('crm edits'), crm, record, field, value }) },
  { weight: 12, arbitrary: fc.record({ do: one('fairway edits'), crm, record, field, value }) },
  { weight: 4, arbitrary: fc.record({ do: one('derive'), crm, record }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: one('answer'), crm, record, winner: fc.constantFrom('crm', 'fairway') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('create', 'delete', 'restore', 'merge'), crm, record }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: one('weather'),
      crm,
      commitDelay: fc.nat({ max: delays.commit }).map((n) => n * minutes),
      indexLag: fc.nat({ max: delays.index }).map((n) => n * minutes),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: one('hint'),
      crm,
      record,
      fate: fc.constantFrom('arrives', 'arrives', 'arrives twice', 'is lost'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: one('fault'),
      crm,
      is: fc.constantFrom('rows refused', 'time-out', 'time-out', 'limit'),
      rows: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: one('start'),
      crm,
      process: fc.constantFrom('poll', 'poll', 'refresh', 'push'),
      steps,
    }),
  },
  // Edits are written soon after they are made, and many of them while the write before is on its way.
  {
    weight: 6,
    arbitrary: fc.record({ do: one('start'), crm, process: one('plan'), steps: fc.constantFrom(1, 50, 50) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: one('start'), crm, process: one('push'), steps: fc.constantFrom(1, 1, 1, 2) }),
  },
  { weight: 8, arbitrary: fc.record({ do: one('go on'), process: fc.nat({ max: 7 }), steps }) },
  { weight: 2, arbitrary: fc.record({ do: one('crash') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: one('wait'),
      ms: fc.constantFrom(300, 2_000, 1 * minutes, 4 * minutes, 12 * minutes),
    }),
  },
);

export const schedules = fc.array(action, { maxLength: 60, size: 'max' });

/** One line an action, for people. */
export function inWords(action: Action): string {
  const at = 'crm' in action ? `${vendors[action.crm]?.name}: ` : '';
  switch (action.do) {
    case 'crm edits':
      return `${at}a user sets ${fieldNames[action.field]} of record ${action.record} to ${theValue(action.value)}`;
    case 'fairway edits':
      return `${at}in Fairway somebody sets ${fieldNames[action.field]} of record ${action.record} to ${theValue(action.value)}`;
    case 'derive':
      return `${at}Fairway works out a new value for record ${action.record}`;
    case 'answer':
      return `${at}open question ${action.record} is answered for ${action.winner === 'crm' ? 'the CRM' : 'Fairway'}`;
    case 'create':
    case 'delete':
    case 'restore':
      return `${at}a user ${action.do}s record ${action.record}`;
    case 'merge':
      return `${at}a user merges record ${action.record} and the next`;
    case 'weather':
      return `${at}commits take ${action.commitDelay / minutes} min, the index lags ${action.indexLag / minutes} min from now on`;
    case 'hint':
      return `${at}hint ${action.record} ${action.fate}`;
    case 'fault':
      return `${at}the next write meets a ${action.is} (rows ${action.rows.toString(2).padStart(2, '0')})`;
    case 'start':
      return `${at}${action.process} starts and goes ${action.steps} steps`;
    case 'go on':
      return `process ${action.process} goes ${action.steps} steps further`;
    case 'crash':
      return 'Fairway crashes';
    case 'wait':
      return `${action.ms / 1000} s pass`;
  }
}

function theValue(value: ValueSource): string {
  return value === 'new' ? 'a new value' : value === 'blank' ? 'nothing' : 'what stands on the other side';
}
