import { AppError } from '#src/domain/errors.ts';
import type { InvoiceFact } from '#src/domain/invoice.ts';
import { multiplyRate } from '#src/domain/money.ts';
import { periodOf } from '#src/domain/period.ts';
import type { TierAssessment } from '#src/domain/program/assess-tier.ts';
import { partnerIn, type PartnerMerges } from '#src/domain/program/merged-partners.ts';
import type { Component, Program } from '#src/domain/program/program.ts';
import type { DesiredAccrual } from './accrual.ts';

export interface VersionedProgram {
  readonly program: Program;
  readonly version: number;
}

/** The key of a partner's tier assessment for a month (`YYYY-MM`). */
export function assessmentKey(partnerId: string, period: string): string {
  return `${partnerId}|${period}`;
}

/**
 * Calculates what every partner should have been credited for every document under every component. The
 * result is sorted by document and component and does not depend on the order of the documents.
 *
 * - The rate is that of the seller's tier in the month of issue.
 * - An unpaid invoice earns nothing yet.
 * - A credit memo uses the rate of the invoice it corrects, so that the two cancel each other even if the
 * tier
 *   changed in between. It takes nothing back while that invoice is unpaid. If the invoice is not known, the
 *   credit memo is rated by its own date and counts as paid when issued.
 * - A merge of partners does not change earlier earnings: sales from before it keep the seller's tier.
 * - A document that was issued before the programme started, or in a month without an assessment (a future
 *   date), earns nothing.
 *
 * @param programOf the programme of a month, `YYYY-MM`: the rate is that of the month of issue
 * @param assessments by `assessmentKey`
 * @throws AppError `internal` if an assessment has a tier that the programme does not have
 */
export function calculateAccruals(
  programOf: (period: string) => VersionedProgram,
  invoices: readonly InvoiceFact[],
  assessments: ReadonlyMap<string, TierAssessment>,
  merges: PartnerMerges = new Map(),
): DesiredAccrual[] {
  const known = { byId: new Map(invoices.map((one) => [one.id, one])), byNumber: invoicesByNumber(invoices) };
  return invoices
    .flatMap((document) => {
      const rated = ratedDocument(document, known);
      const period = periodOf(rated.issuedOn);
      const assessment = assessments.get(assessmentKey(partnerIn(period, sellerOf(rated), merges), period));
      const { program, version } = programOf(period);
      if (!isReleased(rated) || rated.issuedOn < program.startsOn || assessment === undefined) return [];
      return program.components.map((component) => accrue(document, component, assessment, version));
    })
    .toSorted((a, b) => compare(a.documentId, b.documentId) || compare(a.component, b.component));
}

/**
 * Indexes each invoice by the credited partner and by the seller. A credit memo from after a merge names the
 * credited partner; one from before names the seller. The seller wins when both partners have an invoice with
 * the same number, which can happen if their invoices came from two ERPs.
 */
function invoicesByNumber(all: readonly InvoiceFact[]): ReadonlyMap<string, InvoiceFact> {
  const invoices = all.filter(({ kind }) => kind === 'invoice');
  return new Map([
    ...invoices.map((one) => [numberKey(one.partnerId, one.currency, one.number), one] as const),
    ...invoices.map((one) => [numberKey(sellerOf(one), one.currency, one.number), one] as const),
  ]);
}

/**
 * The document that sets the rate and releases the money: for a credit memo the corrected invoice, if known.
 */
function ratedDocument(
  document: InvoiceFact,
  { byId, byNumber }: Readonly<Record<'byId' | 'byNumber', ReadonlyMap<string, InvoiceFact>>>,
): InvoiceFact {
  if (document.kind === 'invoice' || !document.appliesTo) return document;
  const { partnerId, currency, appliesTo, appliesToId } = document;
  return (
    byId.get(appliesToId ?? '') ??
    byNumber.get(numberKey(sellerOf(document), currency, appliesTo)) ??
    byNumber.get(numberKey(partnerId, currency, appliesTo)) ??
    document
  );
}

function isReleased(document: InvoiceFact): boolean {
  return document.kind === 'credit_memo' || document.paidOn !== null;
}

function accrue(
  document: InvoiceFact,
  component: Component,
  assessment: TierAssessment,
  programVersion: number,
): DesiredAccrual {
  const basisMinor = document.kind === 'credit_memo' ? -document.amountMinor : document.amountMinor;
  const rate = component.rates[assessment.tier];
  if (rate === undefined)
    throw new AppError(
      'internal',
      `${component.label} has no rate for the tier ${assessment.tier}. Assess tiers again.`,
    );
  return {
    documentId: document.id,
    partnerId: document.partnerId,
    component: component.code,
    currency: document.currency,
    amountMinor: multiplyRate(basisMinor, rate),
    trace: {
      document: document.number,
      basisMinor,
      tier: assessment.tier,
      tierAsOf: assessment.effectiveFrom,
      rate,
      programVersion,
    },
  };
}

function sellerOf({ soldBy, partnerId }: InvoiceFact): string {
  return soldBy ?? partnerId;
}

function numberKey(partnerId: string, currency: string, number: string): string {
  return `${partnerId}|${currency}|${number}`;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
