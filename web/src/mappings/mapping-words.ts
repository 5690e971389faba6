import type { Policy } from '../api/types.ts';
import { policyText } from '../words.ts';
import type { MappedLine, MappingVersion } from './mapping-types.ts';
import type { Tone } from '../words.ts';

/** The words of the mapping editor. */

export const typeNames: Readonly<Record<string, string>> = {
  text: 'text',
  picklist: 'picklist',
  number: 'number',
  decimal: 'number',
  boolean: 'yes/no',
  date: 'date',
  datetime: 'date & time',
  instant: 'date & time',
  reference: 'reference',
};

type Direction = MappedLine['direction'];

/** Arrows as seen from left to right: the CRM is on the left. */
export const directionSigns: Readonly<Record<Direction, string>> = { in: '→', out: '←', both: '↔' };

export function directionText(direction: Direction, crm: string): string {
  if (direction === 'both') return 'Both ways';
  return direction === 'in' ? `Read from ${crm}` : `Written to ${crm}`;
}

export function policyOptions(crm: string): { value: Policy; label: string }[] {
  const all = ['crm', 'fairway', 'latest', 'crm_unless_blank', 'ask'] as const;
  return all.map((policy) => {
    const text = policyText(policy, crm);
    return { value: policy, label: text.charAt(0).toUpperCase() + text.slice(1) };
  });
}

export const versionStatus: Readonly<
  Record<MappingVersion['status'], { readonly label: string; readonly tone: Tone }>
> = {
  draft: { label: 'Draft', tone: 'quiet' },
  submitted: { label: 'Waiting for approval', tone: 'warn' },
  live: { label: 'Live', tone: 'good' },
  retired: { label: 'Retired', tone: 'quiet' },
  rejected: { label: 'Rejected', tone: 'bad' },
  shipped: { label: 'Fairway’s default', tone: 'info' },
};

/** Headings for the reasons why values are not mapped. */
export const causeNames = {
  type: 'Values of another type',
  picklist: 'Values the picklist does not have',
  length: 'Values that are too long',
  required: 'Values that are missing',
  reference: 'References to unknown records',
  duplicate: 'Duplicates',
  unique: 'Values that must be unique',
  validation_rule: 'Validation rules of the CRM',
  refused_before: 'Records the CRM refused earlier',
} as const;

/** A value of either side as text. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  // Exact to the second.
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/.test(value))
    return `${value.slice(0, 10)} ${value.slice(11, 19)} UTC`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
