/** Random histories in the format of the case files. The same seed always gives the same history. */
import { seeded, type Seeded } from '#src/cli/match/seeded.ts';
import type { Component, EventLine, HistoryCase, HistoryEvent, Program, Share, Version } from './format.ts';
import { monthsAfter, endOfMonth } from './months.ts';
import {
  basisSizes,
  dealTypes,
  hasTable,
  products,
  someComponent,
  someNextVersion,
  tierNames,
} from './random-component.ts';
import { laterDay, someDay, sometimes, type Draft } from './random-choice.ts';
import { addBookkeeping } from './random-bookkeeping.ts';

export function randomHistory(seed: number): HistoryCase {
  const random = seeded(seed);
  const months = Array.from({ length: 3 + random.below(6) }, (_, place) => monthsAfter('2026-01', place));
  const currency = random.pick(['USD', 'USD', 'USD', 'KWD', 'JPY']);
  const draft: Draft = {
    random,
    program: someProgram(random, currency),
    partners: ['P1', 'P2', 'P3', 'P4', 'P5'].slice(0, random.pick([2, 2, 3, 3, 4, 5])),
    people: ['ann', 'bob'],
    currencies: sometimes(random, 45) ? [currency, currency, 'EUR'] : [currency],
    months,
    events: [],
  };
  addRules(draft);
  const count = 2 + random.below(16);
  for (let place = 1; place <= count; place += 1) addDocument(draft, place);
  addBookkeeping(draft);
  const events = draft.events.toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  return {
    id: `seed ${seed}`,
    title: 'a random history',
    program: draft.program,
    events,
    checkLines: months,
  };
}

function someProgram(random: Seeded, currency: string): Program {
  const components: Component[] = [];
  const count = 1 + random.below(4);
  for (let place = 0; place < count; place += 1)
    components.push(someComponent(random, `c${place}`, components));
  // A memo on its own date needs rules for its invoice too, so the first version is early enough for both.
  const first: Version = { effective: '2025-01-01', components };
  const monthly = sometimes(random, 20);
  return {
    currency,
    firstPeriod: '2026-01',
    ...(sometimes(random, 20) && { startsOn: random.pick(['2026-01-10', '2025-12-15']) }),
    versions: sometimes(random, 25) ? [first, someNextVersion(random, first, '2026-02-15')] : [first],
    tiers: {
      levels: tierNames.map((name, place) => ({
        name,
        trailingMinor: place * random.pick([500, 1000, 1001]),
      })),
      assess: monthly ? 'monthly' : 'events',
      months: random.pick([1, 3, 12]),
    },
    settings: {
      rounding: random.pick(['half_away', 'half_even', 'down'] as const),
      yearStartMonth: random.pick([1, 1, 2, 4, 7, 12]),
      tierAt: random.pick(['day', 'month'] as const),
      netting: !sometimes(random, 30),
      ...(sometimes(random, 40) && { minimumPayoutMinor: { [currency]: random.pick([1, 20, 50, 100]) } }),
      reissueDate: random.pick(['original', 'own'] as const),
      mergeWindows: random.pick(['keep', 'pool'] as const),
      fxCorrection: random.pick(['pin', 'restate'] as const),
    },
    ...(sometimes(random, 30) && { contracts: { P1: { netting: sometimes(random, 50) } } }),
  };
}

function addRules(draft: Draft): void {
  const { random, program, partners, months, events, currencies } = draft;
  let version = program.versions.at(-1);
  for (let count = random.below(3); count > 0 && version !== undefined && sometimes(random, 60); count -= 1) {
    const effective = random.pick([`${random.pick(months)}-01`, someDay(random, random.pick(months))]);
    version = someNextVersion(random, version, effective);
    events.push({ on: someDay(random, random.pick(months)), type: 'program_version', ...version });
  }
  if (program.tiers?.assess !== 'monthly')
    for (let count = random.below(5); count > 0; count -= 1) {
      const from = someDay(random, random.pick(months));
      events.push({
        on: laterDay(random, from),
        type: 'tier',
        partner: random.pick(partners),
        tier: random.pick(tierNames),
        from,
      });
    }
  if (currencies.length > 1)
    for (let count = 1 + random.below(4); count > 0; count -= 1) {
      const from = sometimes(random, 50) ? '2025-01-01' : someDay(random, random.pick(months));
      const on = sometimes(random, 60) ? '2026-01-01' : someDay(random, random.pick(months));
      events.push({
        on,
        type: 'fx',
        pair: sometimes(random, 90) ? `EUR/${program.currency}` : `${program.currency}/EUR`,
        from,
        rate: random.pick(['1.1', '1.25', '2/3', '2']),
      });
    }
  const codes = program.versions.flatMap(({ components }) => components.map(({ code }) => code));
  for (const { code, method, provision } of program.versions[0]?.components ?? []) {
    const on = someDay(random, random.pick(months));
    if (provision !== undefined && sometimes(random, 50))
      events.push({
        on,
        type: 'estimate',
        component: code,
        partner: random.pick(partners),
        ...(hasTable(method) && sometimes(random, 50)
          ? { expectedBasisMinor: random.pick([250, 1000, 3000]) }
          : { expectedPercent: random.pick(['2', '6']) }),
      });
    if (method.type === 'growth')
      for (const partner of partners)
        if (sometimes(random, 50))
          events.push({
            on,
            type: 'baseline',
            component: code,
            partner,
            period: random.pick(months),
            amountMinor: random.pick([100, 500, 1000]),
          });
  }
  for (let count = 0; count < 3 && sometimes(random, 30); count += 1) {
    const month = random.pick(months);
    events.push({
      on: laterDay(random, endOfMonth(month)),
      type: 'adjust',
      component: sometimes(random, 95) ? random.pick(codes) : 'unknown',
      partner: random.pick(partners),
      period: month,
      currency: random.pick(currencies),
      amountMinor: random.pick([-100, -30, 7, 50]),
    });
  }
  addMerges(draft);
  dropAdjustmentsOfMerged(draft);
}

/** The format does not say whose bucket an adjustment is for that names a merged partner and a later month. */
function dropAdjustmentsOfMerged({ events }: Draft): void {
  const merges = events.filter(({ type }) => type === 'merge');
  const isLater = ({ partner, period = '' }: HistoryEvent): boolean =>
    merges.some(({ from, date, on }) => from === partner && (date ?? on) <= endOfMonth(period));
  for (const event of events.filter(({ type }) => type === 'adjust'))
    if (isLater(event)) events.splice(events.indexOf(event), 1);
}

function addMerges({ random, program, partners, months, events }: Draft): void {
  // The format does not say whose piece of a cap a line is after a merge and a change of shares.
  const isCapped = program.versions.some(({ components }) =>
    components.some(({ caps }) => caps !== undefined),
  );
  if (isCapped || partners.length < 3 || !sometimes(random, 30)) return;
  const [first, second, third] = partners;
  if (first === undefined || second === undefined || third === undefined) return;
  const date = someDay(random, random.pick(months));
  const choice = sometimes(random, 40) ? { windows: random.pick(['keep', 'pool'] as const) } : {};
  events.push({ on: laterDay(random, date), date, type: 'merge', from: second, into: first, ...choice });
  const end = endOfMonth(months.at(-1) ?? date);
  if (sometimes(random, 25)) events.push({ on: end, date, type: 'merge', from: second, into: third });
  if (sometimes(random, 15)) events.push({ on: end, type: 'merge', from: first, into: second });
  if (sometimes(random, 25)) {
    const next = laterDay(random, laterDay(random, date));
    events.push({ on: next, type: 'merge', from: first, into: third, ...choice });
  }
}

function someLine(random: Seeded): EventLine {
  const size = sometimes(random, 60) ? random.pick(basisSizes) : random.below(2500);
  return {
    netMinor: sometimes(random, 6) ? -size : size,
    ...(sometimes(random, 40) && { taxMinor: random.pick([0, 7, 19, 100]) }),
    ...(sometimes(random, 80) && { qty: sometimes(random, 90) ? random.below(15) : '2.5' }),
    ...(sometimes(random, 80) && { product: random.pick(products) }),
  };
}

export function someShares({ random, partners }: Pick<Draft, 'random' | 'partners'>): readonly Share[] {
  const first = random.pick(partners);
  const others = partners.filter((one) => one !== first);
  const second = random.pick(others);
  if (sometimes(random, 10))
    return [
      { partner: first, percent: 60 },
      { partner: second, percent: 39 },
    ];
  if (sometimes(random, 20)) return [{ partner: first, percent: 100 }];
  const [a, b] = random.pick([
    [50, 50],
    ['100/3', '200/3'],
    [60, 40],
    ['33.3', '66.7'],
  ] as const);
  return [
    { partner: first, percent: a },
    { partner: second, percent: b },
  ];
}

function addDocument(draft: Draft, place: number): void {
  const { random, partners, people, months, events, currencies } = draft;
  const isPos = sometimes(random, 25);
  const id = `${isPos ? 'S' : 'I'}${place}`;
  const month = sometimes(random, 12) ? monthsAfter(random.pick(months), -12) : random.pick(months);
  const date = someDay(random, month);
  const known = date < '2026-01-01' ? '2026-01-01' : laterDay(random, date);
  const lines = Array.from({ length: 1 + random.below(3) }, () => someLine(random));
  const document: HistoryEvent = {
    on: known,
    date,
    type: isPos ? 'pos' : 'invoice',
    id,
    partner: random.pick(partners),
    currency: random.pick(currencies),
    lines,
    ...(sometimes(random, 25) && { shares: someShares(draft) }),
    ...(sometimes(random, 40) && { person: random.pick(people) }),
    ...(sometimes(random, 50) && { dealType: random.pick(dealTypes) }),
    ...(sometimes(random, 40) && { registered: true }),
    ...(sometimes(random, 30) && { saleRef: `R${random.below(4)}` }),
  };
  events.push(document);
  addChanges(draft, document, lines);
}

/** Versions, replacements, cancellations, credit memos and payments of a document. */
function addChanges(draft: Draft, document: HistoryEvent, lines: readonly EventLine[]): void {
  const { random, events } = draft;
  const { id = '', date = document.on, currency = '' } = document;
  const after = () => laterDay(random, laterDay(random, document.on));
  if (sometimes(random, 12)) {
    const changed = lines.map((line) => ({
      ...line,
      netMinor: Number(line.netMinor) + random.pick([-50, 0, 1, 333]),
    }));
    const partner = sometimes(random, 30) ? random.pick(draft.partners) : (document.partner ?? '');
    const moved = sometimes(random, 15) ? { date: someDay(random, random.pick(draft.months)) } : {};
    const { shares, ...unshared } = document;
    const base = sometimes(random, 20) ? unshared : { ...unshared, ...(shares !== undefined && { shares }) };
    events.push({ ...base, ...moved, on: after(), version: random.pick([1, 2, 3]), lines: changed, partner });
  }
  if (sometimes(random, 8)) events.push({ ...document, on: after() });
  if (document.type === 'invoice' && sometimes(random, 10)) {
    const on = after();
    const changed = lines.map((line) => ({
      ...line,
      netMinor: Number(line.netMinor) + random.pick([0, 100, -10]),
    }));
    events.push({ ...document, on, date: on, id: `${id}r`, lines: changed, replaces: id });
    if (sometimes(random, 15)) events.push({ on: laterDay(random, on), type: 'cancel', doc: `${id}r` });
    if (sometimes(random, 20)) {
      const again = laterDay(random, on);
      events.push({ ...document, on: again, date: again, id: `${id}rr`, lines, replaces: `${id}r` });
    }
  }
  if (sometimes(random, 10)) {
    const on = sometimes(random, 15) ? date : after();
    events.push({ on, type: 'cancel', doc: id });
  }
  if (sometimes(random, 12)) events.push({ on: after(), type: 'shares', doc: id, shares: someShares(draft) });
  for (let place = 0; place < 3 && sometimes(random, 25); place += 1) addMemo(draft, document, lines, place);
  if (document.type === 'pos') return;
  for (let place = 0; place < 4 && sometimes(random, 60); place += 1) {
    const total = lines.reduce((sum, line) => sum + Number(line.netMinor) + Number(line.taxMinor ?? 0), 0);
    const part = random.pick([total, Math.floor(total / 2), Math.floor(total / 3), 100, -50, total - 1]);
    const payment = `Z${id}.${place}`;
    const on = sometimes(random, 10) ? date : after();
    const dated = sometimes(random, 10) ? { date: laterDay(random, on) } : {};
    events.push({ on, ...dated, type: 'payment', id: payment, doc: id, amountMinor: part });
    if (sometimes(random, 10)) events.push({ on: laterDay(random, on), type: 'payment_reversed', payment });
  }
  if (currency === '') throw new Error('a document has a currency');
}

function addMemo(draft: Draft, document: HistoryEvent, lines: readonly EventLine[], place: number): void {
  const { random, events } = draft;
  const { id = '', date = document.on, partner = '', currency = '' } = document;
  const day = laterDay(random, laterDay(random, date));
  const on = day < '2026-01-01' ? '2026-01-01' : sometimes(random, 80) ? laterDay(random, day) : day;
  const number = 1 + random.below(lines.length);
  const line = lines[number - 1];
  const net = Math.max(0, Number(line?.netMinor ?? 0));
  const whole = {
    netMinor: net,
    ...(line?.taxMinor !== undefined && { taxMinor: line.taxMinor }),
    ...(line?.qty !== undefined && { qty: line.qty }),
    line: number,
  };
  const memo: HistoryEvent = {
    on,
    date: day,
    type: 'credit',
    id: `K${id}.${place}`,
    ...(sometimes(random, 94) && { of: id }),
    partner,
    currency,
    ...(sometimes(random, 40)
      ? { lines: [whole] }
      : {
          netMinor: random.pick([1, 50, Math.floor(net / 2), net]),
          ...(sometimes(random, 30) && { qty: 1 }),
        }),
    ...(sometimes(random, 20) && { product: random.pick(products) }),
  };
  events.push(memo);
  if (sometimes(random, 8))
    events.push({ ...memo, on: laterDay(random, on), version: 2, lines: [{ ...whole, netMinor: 10 }] });
  if (sometimes(random, 8)) events.push({ on: laterDay(random, on), type: 'cancel', doc: `K${id}.${place}` });
}
