import { addExact, compareExact, exactOne, exactZero, type Exact } from '#src/domain/exact.ts';
import type { IncentiveProgram, IncentiveVersion } from '#src/domain/incentive/component.ts';
import type {
  AdjustmentFact,
  BaselineFact,
  BucketAdjustment,
  DocumentFact,
  EstimateFact,
  ExchangeRateFact,
  IncentiveFact,
  MergeFact,
  PaymentFact,
  Share,
  TierFact,
} from './facts.ts';
import { componentOf, versionOn } from './versions.ts';
import { lastDayOf } from './windows.ts';

/** All facts learnt so far. Lists are in the order of arrival, because the later of two equal ones counts. */
export interface KnownFacts {
  readonly program: IncentiveProgram;
  readonly versions: IncentiveVersion[];
  /** By id, only the highest version. */
  readonly documents: Map<string, DocumentFact>;
  readonly shares: Map<string, readonly Share[]>;
  /** The first day from which a document is gone. */
  readonly cancellations: Map<string, string>;
  readonly payments: Map<string, PaymentFact>;
  readonly reversals: Map<string, string>;
  /** By the partner that was merged into another. */
  readonly merges: Map<string, MergeFact>;
  readonly adjustments: (AdjustmentFact | BucketAdjustment)[];
  readonly estimates: EstimateFact[];
  readonly baselines: BaselineFact[];
  readonly tiers: TierFact[];
  readonly exchangeRates: ExchangeRateFact[];
}

export function noFacts(program: IncentiveProgram): KnownFacts {
  return {
    program,
    versions: [...program.versions],
    documents: new Map(),
    shares: new Map(),
    cancellations: new Map(),
    payments: new Map(),
    reversals: new Map(),
    merges: new Map(),
    adjustments: [],
    estimates: [],
    baselines: [],
    tiers: [],
    exchangeRates: [],
  };
}

/**
 * Adds a fact. Returns null, or the reason why it is refused; a refused fact has no effect. A document that
 * arrives again with the same or a lower version is ignored and not refused.
 */
export function addFact(known: KnownFacts, fact: IncentiveFact): string | null {
  switch (fact.type) {
    case 'invoice':
    case 'pos':
    case 'credit':
      return addDocument(known, fact);
    case 'shares':
      return addShares(known, fact.document, fact.shares);
    case 'cancel':
      setEarliest(known.cancellations, fact.document, fact.date);
      return null;
    case 'payment':
      if (!known.payments.has(fact.id)) known.payments.set(fact.id, fact);
      return null;
    case 'payment_reversed':
      setEarliest(known.reversals, fact.payment, fact.date);
      return null;
    case 'merge':
      return addMerge(known, fact);
    case 'adjust':
      return addAdjustment(known, fact);
    case 'estimate':
      known.estimates.push(fact);
      return null;
    case 'baseline':
      known.baselines.push(fact);
      return null;
    case 'tier':
      known.tiers.push(fact);
      return null;
    case 'fx':
      known.exchangeRates.push(fact);
      return null;
    case 'program_version':
      known.versions.push({ effective: fact.effective, components: fact.components });
      return null;
  }
}

function addDocument(known: KnownFacts, fact: DocumentFact): string | null {
  const reason = fact.shares === null ? null : wrongShares(fact.id, fact.shares);
  if (reason !== null) return reason;
  const before = known.documents.get(fact.id);
  if (before === undefined || fact.version > before.version) known.documents.set(fact.id, fact);
  return null;
}

function addShares(known: KnownFacts, document: string, shares: readonly Share[]): string | null {
  if (!known.documents.has(document)) return `Document ${document} is not known. Send it before its shares.`;
  const reason = wrongShares(document, shares);
  if (reason === null) known.shares.set(document, shares);
  return reason;
}

function wrongShares(document: string, shares: readonly Share[]): string | null {
  const sum = shares.reduce<Exact>((total, { share }) => addExact(total, share), exactZero);
  return compareExact(sum, exactOne) === 0
    ? null
    : `The shares of ${document} do not add up to 100 %. Correct them and send the document again.`;
}

function addMerge(known: KnownFacts, fact: MergeFact): string | null {
  if (fact.date > fact.on)
    return `The merge of ${fact.from} is dated ${fact.date}, after the day it was sent. Send it on that day.`;
  if (known.merges.has(fact.from)) return `${fact.from} was merged before. A partner is merged once.`;
  for (let into: string | undefined = fact.into; into !== undefined; into = known.merges.get(into)?.into) {
    if (into === fact.from) return `${fact.into} became part of ${fact.from}, so it cannot be its successor.`;
  }
  known.merges.set(fact.from, fact);
  return null;
}

function addAdjustment(known: KnownFacts, fact: AdjustmentFact): string | null {
  const version = versionOn(known.versions, lastDayOf(fact.period));
  if (version === null || componentOf(version, fact.component) === null)
    return `The programme of ${fact.period} has no component ${fact.component}.`;
  known.adjustments.push(fact);
  return null;
}

function setEarliest(dates: Map<string, string>, key: string, date: string): void {
  const before = dates.get(key);
  if (before === undefined || date < before) dates.set(key, date);
}
