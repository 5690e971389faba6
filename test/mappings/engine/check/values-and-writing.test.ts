import { describe, expect, it } from 'vitest';
import type { CanonicalKind } from '#src/domain/record.ts';
import { findingsOf } from './findings-of.ts';

describe('the findings about values and about writing, each with its place, its message and its fix', () => {
  it.each<[CanonicalKind, string, readonly string[]]>([
    [
      'account',
      'fields: [{local: city, remote: Size, direction: in, transform: {name: lookup, map: {Small: s, Medum: m, Large: l}}}]',
      [
        'warning fields[1].transform city choice_unknown: Size does not offer "Medum". | Did you mean "Medium"?',
        'warning fields[1].transform city choice_unhandled: Size also offers "Medium", which city cannot use: Thing records with it keep the previous value. | Add "Medium" to a lookup of this field, or set "otherwise" in it.',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: Size, direction: in, transform: {name: lookup, map: {Small: s, Zzzzzz: m, Large: l, Medium: x}}}]',
      [
        'warning fields[1].transform city choice_unknown: Size does not offer "Zzzzzz". | Remove "Zzzzzz", or add it to the picklist.',
      ],
    ],
    [
      'account',
      'fields: [{local: isPartner, remote: Size, direction: in, transform: {name: equals, values: [small, Gigantic]}}]',
      [
        'warning fields[1].transform isPartner choice_unknown: Size does not offer "Gigantic". | Remove "Gigantic", or add it to the picklist.',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: Size, direction: in, transform: {name: lookup, map: {Small: s}}}]',
      [
        'warning fields[1].transform city choice_unhandled: Size also offers "Medium", "Large", which city cannot use: Thing records with it keep the previous value. | Add "Medium", "Large" to a lookup of this field, or set "otherwise" in it.',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: Size, direction: in, transform: {name: lookup, map: {Small: s}, otherwise: x}}]',
      [],
    ],
    [
      'account',
      'fields: [{local: city, remote: Size, direction: in, transform: [upper, {name: lookup, map: {SMALL: s}}]}]',
      [],
    ],
    [
      'account',
      'extra: [{name: band, label: B, type: text, values: [Small, Medium]}]\nfields: [{local: extra.band, remote: Size, direction: in}]',
      [
        'warning fields[1].transform extra.band choice_unhandled: Size also offers "Large", which extra.band cannot use: Thing records with it keep the previous value. | Add "Large" to a lookup of this field, or set "otherwise" in it.',
      ],
    ],
    [
      'account',
      'extra: [{name: band, label: B, type: text, values: [Small, Medium]}]\nfields: [{local: extra.band, remote: Size, direction: both}]',
      [
        'warning fields[1].transform extra.band choice_unhandled: Size also offers "Large", which extra.band cannot use: Thing records with it keep the previous value. | Add "Large" to a lookup of this field, or set "otherwise" in it.',
      ],
    ],
    [
      'account',
      'extra: [{name: band, label: B, type: text, values: [Small, Medium, Large, Huge]}]\nfields: [{local: extra.band, remote: Size, direction: both}]',
      [
        'warning fields[1].remote extra.band not_in_picklist: Size does not offer "Huge"; records with one of these values in extra.band are not updated. | Add "Huge" to the picklist of Size, or map with "lookup".',
      ],
    ],
    [
      'account',
      'extra: [{name: band, label: B, type: text}]\nfields: []',
      [
        'warning extra[0].name extra.band extra_unused: "band" is declared, but no line uses it. | Add a line for extra.band, or remove the declaration.',
      ],
    ],
    [
      'account',
      'extra: [{name: band, label: B, type: text}]\nfields: [{local: tier, remote: Notes, direction: out, transform: {name: template, text: "{extra.band}"}}]',
      [],
    ],
    [
      'account',
      'fields: [{local: city, remote: City, direction: both, lossy: true}]',
      ['warning fields[1].lossy city not_lossy: Nothing is lost between city and City. | Remove "lossy".'],
    ],
    [
      'account',
      'fields: [{local: city, remote: City, direction: both, lossy: true, transform: {name: cut, length: 5}}]',
      [],
    ],
    [
      'account',
      'fields: [{local: city, remote: City, direction: both, transform: [upper, {name: lookup, map: {small: s}}]}]',
      [
        'problem fields[1].transform city round_trip: "s" is written to City in a way that is not read back as "s". | Change the order of the steps, or write the values of the lookup in the form that the steps before it produce.',
      ],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Short, direction: out}]',
      [
        'problem fields[1].remote tier too_short: Short has room for 5 characters; tier can have 40. | Increase the length of Short to 40.',
      ],
    ],
    [
      'account',
      'fields: [{local: tierStanding, remote: Short, direction: out}]',
      [
        'warning fields[1].remote tierStanding too_short: Short has room for 5 characters; tierStanding can have 255. | Increase the length of Short to 255.',
      ],
    ],
    [
      'account',
      'fields: [{local: city, remote: Short, direction: both, transform: {name: lookup, map: {Small: s, Gigantic: g}}}]',
      [
        'problem fields[1].transform city too_short: Short has room for 5 characters; "Gigantic" has 8. | Increase the length of Short to 8, or write a shorter value.',
      ],
    ],
    ['account', 'fields: [{local: city, remote: Short, direction: both}]', []],
    [
      'account',
      'fields: [{local: tier, remote: Short, direction: out, transform: {name: template, text: "Tier {tier}"}}]',
      [],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Must, direction: out}]',
      [
        'warning fields[1].required tier may_be_emptied: Must may not be empty in the CRM; when tier is empty, the CRM refuses the record. | Set required: true, so that it is never emptied.',
      ],
    ],
    ['account', 'fields: [{local: tier, remote: Must, direction: out, required: true}]', []],
    [
      'account',
      'fields: [{local: city, remote: Must, direction: both}]',
      [
        'warning fields[1].required city may_be_emptied: Must may not be empty in the CRM; when city is empty, the CRM refuses the record. | Set required: true, so that it is never emptied.',
      ],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Formula, direction: out}]',
      [
        'problem fields[1].remote tier not_updateable: Formula cannot be changed by the integration user. | Allow the integration user to edit Formula, or set direction to "in".',
      ],
    ],
    [
      'account',
      'fields: [{local: tier, remote: Once, direction: out}]',
      [
        'problem fields[1].remote tier not_updateable: Once cannot be changed by the integration user. | Allow the integration user to edit Once, or set direction to "in".',
      ],
    ],
    ['account', 'fields: [{local: tier, remote: Later, direction: out}]', []],
    ['account', 'fields: [{local: city, remote: Formula, direction: in}]', []],
    [
      'payout',
      'fields: [{local: batch, remote: Formula, direction: out}]',
      [
        'problem fields[1].remote batch not_updateable: Formula cannot be changed by the integration user. | Allow the integration user to edit Formula, or set direction to "in".',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'fields: [{local: batch, remote: Once, direction: out}]',
      [
        'warning fields[1].remote batch create_only: Once can be set on a new record but not changed later. | Allow changes of Once in the CRM if batch can change.',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'fields: [{local: batch, remote: Later, direction: out}]',
      [
        'problem fields[1].remote batch not_createable: Later cannot be set on a new record by the integration user. | Allow the integration user to set Later on new records, or remove this line.',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'fields: [{local: status, remote: Status, direction: out}]',
      [
        'warning fields[1].remote status not_in_picklist: Status does not offer "draft", "submitted", "exported" and 2 more; records with one of these values in status are not updated. | Add "draft", "submitted", "exported" and 2 more to the picklist of Status, or map with "lookup".',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'fields: [{local: status, remote: Status, direction: out, transform: upper}]',
      [
        'warning fields[1].remote status not_in_picklist: Status does not offer "draft", "submitted", "approved" and 3 more; records with one of these values in status are not updated. | Add "draft", "submitted", "approved" and 3 more to the picklist of Status, or map with "lookup".',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'fields: [{local: status, remote: Status, direction: out, transform: {name: lookup, map: {Submitted: submitted, approvd: approved, Weird: paid}}}]',
      [
        'problem fields[1].transform status not_in_picklist: Status does not offer "Weird", which this line writes. | Add "Weird" to the picklist of Status, or write another value.',
        'problem fields[1].transform status not_in_picklist: Status does not offer "approvd", which this line writes. | Did you mean "approved"?',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'match: [key]\nfields: []',
      [
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'match: [batch]\nfields: [{local: batch, remote: City, direction: out}]',
      [
        'problem match[0] batch match_ambiguous: Payouts are created once by their "key"; several payouts may have the same "batch". | Match by "key", or remove match.',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'match: [amount]\nfields: []',
      [
        'problem match[0] amount match_unmapped: Records are matched by "amount", but no line writes it. | Add a line that writes "amount", or remove it from match.',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
    [
      'payout',
      'match: [kee]\nfields: []',
      [
        'problem match[0] kee unknown_field: payout has no field "kee". | Did you mean the payout field "key"?',
        'warning fields Must remote_required_unmapped: Thing requires Must, but no line writes it. | Map a field to Must, or make it optional in the CRM.',
      ],
    ],
  ])('for a pack of the kind %s with %s', (kind, yaml, expected) => {
    expect(findingsOf(kind, yaml)).toEqual(expected);
  });
});
