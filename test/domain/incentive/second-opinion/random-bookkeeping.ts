/** The events of a random history that move money: closes, payouts, repayments, disputes, funds. */
import { monthsAfter, endOfMonth } from './months.ts';
import { laterDay, someDay, sometimes, type Draft } from './random-choice.ts';

export function addBookkeeping(draft: Draft): void {
  const { random, months, events, partners } = draft;
  const codes = draft.program.versions[0]?.components.map(({ code }) => code) ?? [];
  for (const [place, month] of months.entries()) {
    const next = monthsAfter(month, 1);
    const on = `${next}-${String(1 + random.below(9)).padStart(2, '0')}`;
    if (sometimes(random, 15)) events.push({ on: endOfMonth(month), type: 'run' });
    if (sometimes(random, 4)) events.push({ on, type: 'close', period: next });
    events.push({ on, type: 'close', period: month });
    if (sometimes(random, 60))
      addPayout(draft, sometimes(random, 20) ? someDay(random, month) : `${next}-10`, `B${place}`);
    const partner = random.pick(partners);
    const component = random.pick(codes);
    for (const one of partners)
      if (sometimes(random, 15))
        events.push({
          on: `${next}-20`,
          type: random.pick(['repayment', 'write_off']),
          partner: one,
          amountMinor: random.pick([1, 2, 5, 20, 100]),
        });
    if (sometimes(random, 8)) events.push({ on: `${next}-12`, type: 'holdback_release', component, partner });
    if (sometimes(random, 10))
      events.push({ on: someDay(random, next), type: 'contract', partner, netting: sometimes(random, 50) });
    for (let count = 0; count < 4 && sometimes(random, 35); count += 1)
      addDispute(draft, `${next}-09`, `D${place}.${count}`);
    for (let count = 0; count < 2 && sometimes(random, 60); count += 1)
      addRequest(draft, `${next}-11`, `Q${place}.${count}`);
  }
}

function addPayout({ random, events, partners }: Draft, on: string, id: string): void {
  const some = sometimes(random, 15) ? { payees: [random.pick(partners)] } : {};
  events.push({ on, type: 'payout', id, ...some });
  if (sometimes(random, 5)) events.push({ on, type: 'payout', id });
  const payee = sometimes(random, 30) ? { payee: random.pick(partners) } : {};
  if (sometimes(random, 70))
    events.push({ on: laterDay(random, on), type: 'payout_paid', payout: id, ...payee });
  if (sometimes(random, 20))
    events.push({ on: laterDay(random, on), type: 'payout_returned', payout: id, ...payee });
}

function addDispute({ random, events, partners, program }: Draft, on: string, id: string): void {
  const documents = events.filter(({ type }) => type === 'invoice' || type === 'pos');
  if (documents.length === 0) return;
  const { id: doc = '', partner = '', shares } = random.pick(documents);
  const payee = shares === undefined ? partner : random.pick(shares).partner;
  const rewards = program.versions[0]?.components.filter(({ kind }) => kind !== 'mdf') ?? [];
  if (rewards.length === 0) return;
  events.push({
    on,
    type: 'dispute_open',
    id,
    partner: sometimes(random, 90) ? payee : random.pick(partners),
    component: random.pick(rewards).code,
    doc,
    ...(sometimes(random, 30) && { line: 1 }),
  });
  if (sometimes(random, 70))
    events.push({
      on: laterDay(random, on),
      type: 'dispute_resolved',
      id,
      outcome: 'upheld',
      ...(sometimes(random, 50) && { adjustMinor: random.pick([-20, 5, 40]) }),
    });
}

function addRequest({ random, events, partners, program }: Draft, on: string, id: string): void {
  const funds = program.versions[0]?.components.filter(({ kind }) => kind === 'mdf') ?? [];
  if (funds.length === 0) return;
  events.push({
    on,
    type: 'mdf_reserve',
    id,
    partner: random.pick(partners),
    component: random.pick(funds).code,
    amountMinor: random.pick([1, 5, 10, 20, 60]),
  });
  if (sometimes(random, 60))
    events.push({
      on: laterDay(random, on),
      type: 'mdf_claim',
      id: `${id}c`,
      request: id,
      amountMinor: random.pick([1, 4, 5, 10, 30]),
    });
  if (sometimes(random, 40)) events.push({ on: laterDay(random, on), type: 'mdf_release', request: id });
}
