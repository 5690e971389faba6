import { AppError } from '#src/domain/errors.ts';
import { multiplyRate } from '#src/domain/money.ts';
import { periodOf } from '#src/domain/period.ts';
import type { Component, Program } from '#src/domain/program/program.ts';
import { partnerIn, type PartnerMerges } from '#src/domain/program/merged-partners.ts';
import type { DesiredAccrual, InvoiceFact, TierAssessment } from './facts.ts';

/** Where a partner's standing in a month (`YYYY-MM`) is found. */
export function assessmentKey(partnerId: string, period: string): string {
  return `${partnerId}|${period}`;
}

/**
 * What every partner should have been credited for every document under every component; the same for the
 * same documents in any order, by document and component.
 *
 * The booking sets the rate: the tier of the month of issue. The cash releases it: an unpaid invoice earns
 * nothing yet. A credit memo takes back at the rate its invoice earned, so that the two cancel whatever
 * happened to the tier in between; it takes back nothing while that invoice is unpaid. Without a known
 * invoice it stands for itself, paid when issued. What a partner sold before it was merged into another keeps
 * its own tier's rate: a merge changes nothing that was earned. A document issued before the programme, or in
 * a month without a standing (dated ahead), earns nothing. Throws `internal` for a standing in a tier the
 * programme does not have.
 */
export function calculateAccruals(
  program: Program,
  programVersion: number,
  invoices: readonly InvoiceFact[],
  standings: ReadonlyMap<string, TierAssessment>,
  merges: PartnerMerges = new Map(),
): DesiredAccrual[] {
  const byNumber = invoicesByNumber(invoices);
  return invoices
    .flatMap((document) => {
      const booking = bookingOf(document, byNumber);
      const bookedIn = periodOf(booking.issuedOn);
      const standing = standings.get(assessmentKey(partnerIn(bookedIn, sellerOf(booking), merges), bookedIn));
      if (!isReleased(booking) || booking.issuedOn < program.startsOn || standing === undefined) return [];
      return program.components.map((component) => accrue(document, component, standing, programVersion));
    })
    .toSorted((a, b) => compare(a.documentId, b.documentId) || compare(a.component, b.component));
}

/**
 * Each under who is credited, for a credit memo that names it after a merge, and under who sold it: two
 * partners that became one may each have an invoice of the same number, from two ERPs, and a memo from before
 * means its own.
 */
function invoicesByNumber(all: readonly InvoiceFact[]): ReadonlyMap<string, InvoiceFact> {
  const invoices = all.filter(({ kind }) => kind === 'invoice');
  return new Map([
    ...invoices.map((one) => [numberKey(one.partnerId, one.currency, one.number), one] as const),
    ...invoices.map((one) => [numberKey(sellerOf(one), one.currency, one.number), one] as const),
  ]);
}

/**
 * The document that sets the rate and releases the money: the corrected invoice for a credit memo, else the
 * document itself.
 */
function bookingOf(document: InvoiceFact, byNumber: ReadonlyMap<string, InvoiceFact>): InvoiceFact {
  if (document.kind === 'invoice' || !document.appliesTo) return document;
  const { partnerId, currency, appliesTo } = document;
  return (
    byNumber.get(numberKey(sellerOf(document), currency, appliesTo)) ??
    byNumber.get(numberKey(partnerId, currency, appliesTo)) ??
    document
  );
}

function isReleased(booking: InvoiceFact): boolean {
  return booking.kind === 'credit_memo' || booking.paidOn !== null;
}

function accrue(
  document: InvoiceFact,
  component: Component,
  standing: TierAssessment,
  programVersion: number,
): DesiredAccrual {
  const basisMinor = document.kind === 'credit_memo' ? -document.amountMinor : document.amountMinor;
  const rate = component.rates[standing.tier];
  if (rate === undefined)
    throw new AppError(
      'internal',
      `${component.label} has no rate for the tier ${standing.tier}. Assess tiers again.`,
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
      tier: standing.tier,
      tierAsOf: standing.effectiveFrom,
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
