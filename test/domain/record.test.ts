import { describe, expect, test } from 'vitest';
import {
  canonicalFields,
  canonicalKinds,
  extraPrefix,
  extraTypes,
  fieldsOf,
  isOptional,
} from '#src/domain/record.ts';

describe('the canonical fields', () => {
  /**
   * The type, `!` if the field is required, `-> kind` for the target of a reference, `by us` if Fairway
   * writes it.
   */
  test.each<[keyof typeof canonicalFields, Record<string, string>]>([
    [
      'account',
      {
        name: 'text!',
        domain: 'text',
        country: 'text',
        street: 'text',
        city: 'text',
        region: 'text',
        postcode: 'text',
        phone: 'text',
        aliases: 'text',
        vatId: 'text',
        duns: 'text',
        lei: 'text',
        isPartner: 'boolean',
        partnerSuspended: 'boolean',
        partnerCode: 'text',
        territory: 'text',
        customerSince: 'date',
        owner: 'text',
        tier: 'text by us',
        tierStanding: 'text by us',
        trailingRevenue: 'decimal by us',
        tierAsOf: 'date by us',
      },
    ],
    [
      'contact',
      {
        account: 'reference -> account',
        firstName: 'text',
        lastName: 'text',
        email: 'text',
        phone: 'text',
        title: 'text',
      },
    ],
    ['product', { code: 'text', name: 'text!', family: 'text', isActive: 'boolean' }],
    [
      'opportunity',
      {
        name: 'text!',
        account: 'reference -> account',
        stage: 'text',
        isClosed: 'boolean',
        isWon: 'boolean',
        amount: 'decimal',
        currency: 'text',
        closeDate: 'date',
        productFamily: 'text',
        lostReason: 'text',
        openedAt: 'instant',
        owner: 'text',
        registrationStatus: 'text by us',
        registeredPartner: 'text by us',
        registrationRole: 'text by us',
        registrationNumber: 'text by us',
        whoDecidesNext: 'text by us',
        registrationLink: 'text by us',
        protectedUntil: 'date by us',
        conflictSummary: 'text by us',
        creationKey: 'text by us',
      },
    ],
    [
      'opportunity_line',
      {
        opportunity: 'reference! -> opportunity',
        product: 'reference -> product',
        name: 'text',
        quantity: 'decimal',
        unitPrice: 'decimal',
        amount: 'decimal',
        currency: 'text',
      },
    ],
    [
      'lead',
      {
        company: 'text',
        domain: 'text',
        emailDomain: 'text',
        country: 'text',
        account: 'reference -> account',
        status: 'text',
        isClosed: 'boolean',
        isConverted: 'boolean',
        opportunity: 'reference -> opportunity',
        openedAt: 'instant',
        owner: 'text',
      },
    ],
    [
      'registration',
      {
        number: 'text!',
        partner: 'reference! -> account',
        opportunity: 'reference -> opportunity',
        customerName: 'text!',
        customerDomain: 'text',
        customerCountry: 'text',
        contactEmail: 'text',
        productFamily: 'text',
        dealType: 'text',
        amount: 'decimal',
        currency: 'text',
        expectedClose: 'date',
        submittedAt: 'instant!',
        createdAt: 'instant',
        amountCurrency: 'text by us',
        status: 'text by us',
        decidedAt: 'instant by us',
        protectedUntil: 'date by us',
        reason: 'text by us',
        conflictSummary: 'text by us',
        internalConflict: 'text by us',
        conflictScore: 'decimal by us',
        lifecycleState: 'text by us',
        reasonCode: 'text by us',
        nextDecider: 'text by us',
        decisionDue: 'instant by us',
        daysLeft: 'decimal by us',
        extensionsUsed: 'decimal by us',
        supersededBy: 'text by us',
        decisionRefused: 'text by us',
        lifecycleVersion: 'decimal by us',
        registrationLink: 'text by us',
      },
    ],
    [
      'payout',
      {
        key: 'text by us',
        partner: 'reference -> account by us',
        batch: 'text by us',
        period: 'text by us',
        amount: 'decimal by us',
        currency: 'text by us',
        amountCurrency: 'text by us',
        status: 'text by us',
        lineCount: 'decimal by us',
      },
    ],
    [
      'invoice',
      {
        company: 'text',
        number: 'text!',
        kind: 'text!',
        partnerCode: 'text!',
        customerName: 'text',
        currency: 'text!',
        amount: 'decimal!',
        issuedOn: 'date!',
        paidOn: 'date',
        appliesTo: 'text',
      },
    ],
  ])('of %s have these types, and these are written by Fairway', (kind, expected) => {
    const described = Object.entries(fieldsOf(kind)).map(([name, { type, required, to, owner }]) => {
      expect(['remote', 'fairway']).toContain(owner);
      const parts = [type, required === true ? '!' : '', to ? ` -> ${to}` : ''];
      return [name, parts.join('') + (owner === 'fairway' ? ' by us' : '')];
    });
    expect(Object.fromEntries(described)).toEqual(expected);
  });
});

test('the kinds are listed in the order in which they are read', () => {
  expect(canonicalKinds).toEqual([
    'account',
    'contact',
    'product',
    'opportunity',
    'opportunity_line',
    'lead',
    'registration',
    'payout',
    'invoice',
  ]);
});

test('a CRM may lack only contacts, products, opportunity lines and leads', () => {
  expect(canonicalKinds.filter(isOptional)).toEqual(['contact', 'product', 'opportunity_line', 'lead']);
});

test('a custom field is listed after the standard ones under its prefix, and is read from the CRM', () => {
  const fields = fieldsOf('product', [{ name: 'weight', label: 'Weight', type: 'decimal' }]);
  expect(Object.keys(fields)).toEqual(['code', 'name', 'family', 'isActive', 'extra.weight']);
  expect(fields['extra.weight']).toEqual({ type: 'decimal', owner: 'remote' });
  expect([extraPrefix, fieldsOf('product', [])]).toEqual(['extra.', canonicalFields.product]);
});

test('a custom field may hold any type except a reference', () => {
  expect(extraTypes).toEqual(['text', 'boolean', 'decimal', 'date', 'instant']);
});
