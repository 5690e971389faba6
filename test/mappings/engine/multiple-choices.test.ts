import { describe, expect, it } from 'vitest';
import { applyInbound, applyOutbound, changedFields } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import { pack, remote } from './shapes.ts';

const several = { values: ['AT', 'CH', 'DE'], multiple: true } as const;
const fields = [
  remote('Name', 'text'),
  remote('Countries__c', 'picklist', several),
  remote('Suspended__c', 'boolean'),
];
const compiled = compileMapping(
  pack('account', [
    { local: 'name', remote: 'Name', direction: 'in' },
    { local: 'territory', remote: 'Countries__c', direction: 'both' },
    { local: 'partnerSuspended', remote: 'Suspended__c', direction: 'both' },
  ]),
  { object: 'Thing', fields },
);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
const { mapping } = compiled;

describe('a field with several choices', () => {
  it('can be written, and a choice that it does not offer is named', () => {
    expect(applyOutbound(mapping, { territory: 'DE;CH' })).toEqual({
      fields: { Countries__c: 'CH;DE' },
      problems: [],
    });
    const [problem] = applyOutbound(mapping, { territory: 'DE;FR' }).problems;
    expect(problem).toMatchObject({ code: 'not_in_picklist', message: 'Countries__c does not offer "FR".' });
  });

  it('means the same in every order', () => {
    const read = (value: string) =>
      applyInbound(mapping, { Name: 'Acme', Countries__c: value }).values['territory'];
    expect(read('DE;AT; CH')).toBe(read('CH;DE;AT'));
    expect(changedFields(mapping, { Countries__c: 'AT;DE' }, { Countries__c: 'DE;AT' })).toEqual({});
    expect(changedFields(mapping, { Countries__c: 'AT;DE' }, { Countries__c: 'DE' })).toEqual({
      Countries__c: 'AT;DE',
    });
  });
});

it('a checkbox is written as false where we have no value, because it has no blank', () => {
  expect(applyOutbound(mapping, { partnerSuspended: null }).fields).toEqual({ Suspended__c: false });
});
