import { describe, expect, it } from 'vitest';
import type { CanonicalKind } from '#src/domain/record.ts';
import { findingsOf } from './findings-of.ts';

describe('the findings about matching, lines and defaults, each with its place, its message and its fix', () => {
  it.each<[CanonicalKind, string, readonly string[]]>([
    [
      'payout',
      'fields: [{local: partner, remote: Owner, direction: out}]',
      [
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'account',
      'match: [trailingRevenue]\nfields: [{local: trailingRevenue, remote: Revenue, direction: in}]',
      [
        'problem match[0] trailingRevenue match_ambiguous: "trailingRevenue" is an amount, so many records have the same value and cannot be identified by it. | Match by a number, a code, a domain or an e-mail address.',
      ],
    ],
    [
      'account',
      'match: [tierAsOf]\nfields: [{local: tierAsOf, remote: Day, direction: in}]',
      [
        'problem match[0] tierAsOf match_ambiguous: "tierAsOf" is a date, so many records have the same value and cannot be identified by it. | Match by a number, a code, a domain or an e-mail address.',
      ],
    ],
    [
      'account',
      'extra: [{name: no, label: N, type: decimal}]\nmatch: [extra.no]\nfields: [{local: extra.no, remote: Revenue, direction: in}]',
      [],
    ],
    [
      'account',
      'match: [domain]\nfields: [{local: domain, remote: Size, direction: in, transform: text}]',
      [
        'problem match[0] domain match_ambiguous: "domain" comes from the picklist Size, so many records have the same value and cannot be identified by it. | Match by a number, a code, a domain or an e-mail address.',
      ],
    ],
    [
      'account',
      'match: [tier]\nfields: [{local: tier, remote: City, direction: out}]',
      [
        'problem match[0] tier match_unmapped: Records are matched by "tier", but no line reads it. | Add a line that reads "tier", or remove it from match.',
      ],
    ],
    [
      'contact',
      'match: [account]\nfields: [{local: account, remote: Owner, direction: in}]',
      [
        'problem match[0] account match_ambiguous: "account" refers to another record, so many records have the same value and cannot be identified by it. | Match by a number, a code, a domain or an e-mail address.',
      ],
    ],
    [
      'invoice',
      'match: [number]\nfields: [{local: number, remote: Name, direction: in},{local: kind, remote: City, direction: in},{local: partnerCode, remote: Notes, direction: in},{local: currency, remote: Must, direction: in},{local: amount, remote: Revenue, direction: in},{local: issuedOn, remote: Day, direction: in}]',
      [
        'problem match[0] number match_unfit: Invoices are identified by their file and cannot be matched. | Remove match.',
      ],
    ],
    [
      'invoice',
      'fields: [{local: number, remote: Name, direction: in}]',
      [
        'problem fields kind required_unmapped: "kind" is required for every invoice, but no line reads it. | Add a line that reads "kind".',
        'problem fields partnerCode required_unmapped: "partnerCode" is required for every invoice, but no line reads it. | Add a line that reads "partnerCode".',
        'problem fields currency required_unmapped: "currency" is required for every invoice, but no line reads it. | Add a line that reads "currency".',
        'problem fields amount required_unmapped: "amount" is required for every invoice, but no line reads it. | Add a line that reads "amount".',
        'problem fields issuedOn required_unmapped: "issuedOn" is required for every invoice, but no line reads it. | Add a line that reads "issuedOn".',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: Nope, direction: in, optional: true},{local: phone, remote: Nope2, direction: both, optional: true}]',
      [
        'warning fields[1].remote city remote_field_missing: Thing has no field "Nope", or the integration user cannot see it. | Did you mean the remote field "Name"?',
        'warning fields[2].remote phone remote_field_missing: Thing has no field "Nope2", or the integration user cannot see it. | Did you mean the remote field "Notes"?',
      ],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Nope, direction: out, optional: true}]',
      [
        'warning fields[1].remote tier remote_field_missing: Thing has no field "Nope", or the integration user cannot see it. | Install Fairway\'s fields on this connection. Did you mean the remote field "Name"?',
      ],
    ],
    ['account', 'fields: [{local: city, remote: Owner, direction: in}]', []],
    [
      'account',
      'fields: [{local: trailingRevenue, remote: Size, direction: in}]',
      [
        'problem fields[1].remote trailingRevenue type_mismatch: Size is a picklist field; "decimal" reads number, text. | Map trailingRevenue to a number field.',
      ],
    ],
    ['account', 'fields: [{local: isPartner, remote: City, direction: in}]', []],
    [
      'account',
      'fields: [{local: isPartner, remote: Revenue, direction: in}]',
      [
        'problem fields[1].remote isPartner type_mismatch: Revenue is a number field; "boolean" reads boolean, text, picklist. | Map isPartner to a boolean field.',
      ],
    ],
    [
      'account',
      'fields: [{local: isPartner, remote: Size, direction: both}]',
      [
        'problem fields[1].remote isPartner type_mismatch: Size is a picklist field; "boolean" writes boolean. | Map isPartner to a boolean field, or use "lookup" to define the values for true and false.',
      ],
    ],
    [
      'account',
      'fields: [{local: tierAsOf, remote: City, direction: in, transform: upper}]',
      [
        'problem fields[1].transform tierAsOf transform_unfit: The transform "upper" gives text, but tierAsOf is date. | Remove the transform, or add "date" as the last step, or use "date".',
      ],
    ],
    [
      'account',
      'fields: [{local: isPartner, remote: City, direction: in, transform: {name: lookup, map: {A: a}}}]',
      [
        'problem fields[1].transform isPartner transform_unfit: The transform "lookup" gives text, but isPartner is boolean. | Remove the transform, or use "boolean".',
      ],
    ],
    [
      'account',
      'fields: [{local: isPartner, remote: City, direction: out, transform: {name: template, text: "{isPartner}"}}]',
      [],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Revenue, direction: out, transform: {name: template, text: "{tier}"}}]',
      [
        'problem fields[1].transform tier type_mismatch: Revenue is a number field; "template" writes text, picklist. | Map tier to a text field.',
      ],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Notes, direction: out, transform: [upper, {name: template, text: "{tier}"}]}]',
      [],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Notes, direction: out, transform: [{name: template, text: "{tier}"}, upper]}]',
      [
        'problem fields[1].transform[0] tier steps_misplaced: "template" uses our fields, so it must be the last step of a line that writes. | Move "template" to the end of the list.',
      ],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Notes, direction: out, transform: [decimal, {name: template, text: "{tier}"}]}]',
      [
        'problem fields[1].transform tier transform_unfit: The transform "decimal, template" gives decimal, but "template" is text. | Remove the transform, or add "text" as the last step, or use "text".',
      ],
    ],
    ['account', 'fields: [{local: city, remote: City, direction: in, default: 5}]', []],
    [
      'account',
      'fields: [{local: isPartner, remote: Active, direction: in, default: "yes"}]',
      [
        'problem fields[1].default isPartner default_unfit: The default "yes" is not a boolean. | Write true or false.',
      ],
    ],
    [
      'account',
      'fields: [{local: isPartner, remote: Active, direction: in, default: "true"}]',
      [
        'problem fields[1].default isPartner default_unfit: The default "true" is not a boolean. | Write true or false.',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: City, direction: in, default: true}]',
      ['problem fields[1].default city default_unfit: The default "true" is not a text. | Write a text.'],
    ],
    [
      'account',
      'fields: [{local: tierAsOf, remote: Day, direction: in, default: soon},{local: trailingRevenue, remote: Revenue, direction: in, default: much}]',
      [
        'problem fields[1].default tierAsOf default_unfit: The default "soon" is not a date. | Write a date such as 2026-01-31.',
        'problem fields[2].default trailingRevenue default_unfit: The default "much" is not a decimal. | Write a number such as 0.15.',
      ],
    ],
    [
      'contact',
      'fields: [{local: account, remote: Owner, direction: in, default: x}]',
      [
        'problem fields[0].default account default_unfit: account refers to a record and cannot have a default. | Remove "default".',
      ],
    ],
    [
      'account',
      'extra: [{name: at, label: A, type: instant}]\nfields: [{local: extra.at, remote: Since, direction: in, default: soon}]',
      [
        'problem fields[1].default extra.at default_unfit: The default "soon" is not a instant. | Write a time such as 2026-01-31T10:00:00Z.',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: Size, direction: both, default: Gigantic}]',
      [
        'problem fields[1].default city default_unwritable: Size does not offer the default "Gigantic". | Write a value that the picklist offers.',
      ],
    ],
    ['account', 'fields: [{local: city, remote: Size, direction: both, default: Small}]', []],
    [
      'account',
      'fields: [{local: city, remote: City, direction: both, default: x, transform: {name: lookup, map: {A: a}}}]',
      [
        'problem fields[1].default city default_unwritable: The default "x" cannot be written to City: The lookup has no remote value for "x". | Add a remote value for "x" to the lookup of this field.',
      ],
    ],
    [
      'account',
      'filter: "true"\nfields: []',
      [
        'problem filter filter filter_unfit: The filter uses no field, so its result is the same for every record. | Use a field, such as remote.Type == "Partner", or remove the filter.',
      ],
    ],
    [
      'account',
      'filter: "remote.Revenue + 1"\nfields: []',
      [
        'problem filter filter filter_unfit: The result of the filter is a decimal; it must be true or false. | Compare the field with a value: remote.Type == "Partner".',
      ],
    ],
    ['account', 'filter: "remote.Active"\nfields: []', []],
    [
      'account',
      'fields: [{local: constructor, remote: City, direction: in}]',
      [
        'problem fields[1].local constructor unknown_field: account has no field "constructor". | Choose another account field, or remove this line.',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: City, direction: in},{local: city, remote: Notes, direction: out},{local: phone, remote: Notes, direction: in}]',
      [],
    ],
    [
      'account',
      'fields: [{local: city, remote: City, direction: both},{local: phone, remote: City, direction: in},{local: phone, remote: Notes, direction: out}]',
      [],
    ],
    [
      'account',
      'fields: [{local: city, remote: City, direction: in},{local: city, remote: City, direction: out}]',
      [
        'problem fields[2] city circular: A value would be copied in a cycle: City → city → City. | Remove one of these lines, or set one pair of fields to direction "both".',
      ],
    ],
    [
      'account',
      'fields: [{local: city, direction: in, transform: {name: join, from: [City, Notes]}},{local: city, remote: Notes, direction: out}]',
      [
        'problem fields[1] city circular: A value would be copied in a cycle: city → Notes → city. | Remove one of these lines, or set one pair of fields to direction "both".',
      ],
    ],
  ])('for a pack of the kind %s with %s', (kind, yaml, expected) => {
    expect(findingsOf(kind, yaml)).toEqual(expected);
  });
});
