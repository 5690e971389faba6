import { z } from 'zod';
import type { JudgedWrite, RuleVerdict, WriteRule } from '#connectors/contract/crm.ts';
import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import type { CustomObjects } from './custom-objects.ts';
import { validationsPath } from './naming.ts';
import { toWire } from '#connectors/hubspot/values.ts';

const ruleSchema = z.object({
  ruleType: z.string(),
  ruleArguments: z.array(z.coerce.string()),
  shouldApplyNormalization: z.boolean().optional(),
});
type PropertyRule = z.infer<typeof ruleSchema>;
const validationsAnswer = z.object({
  results: z.array(z.object({ propertyName: z.string(), propertyValidationRules: z.array(ruleSchema) })),
});

/**
 * The validation rules of an object's properties. HubSpot's API does not show which properties are required
 * under a condition.
 * @throws ConnectorError `permission` or `gone` when the app may not see the rules
 */
export async function readHubspotWriteRules(
  api: HubspotApi,
  customObjects: CustomObjects,
  { object }: ObjectDescription,
): Promise<readonly WriteRule[]> {
  const path = validationsPath(await customObjects.typeIdOf(object));
  const { data } = await api.send({ method: 'GET', path }, validationsAnswer);
  return data.results.flatMap(({ propertyName, propertyValidationRules }) =>
    propertyValidationRules.map((rule) => writeRule(propertyName, rule)),
  );
}

function writeRule(property: string, rule: PropertyRule): WriteRule {
  const { ruleType, ruleArguments } = rule;
  const failure: RemoteFailure = {
    class: 'validation',
    code: ruleType,
    message: `Validation rule ${[ruleType, ...ruleArguments].join(' ')} of ${property} refuses the value.`,
    fix: `Correct the value that is mapped to ${property}, or relax its validation rule (HubSpot: Settings › Properties).`,
    fields: [property],
  };
  return {
    name: `${property}: ${ruleType}`,
    kind: 'validation',
    failure,
    reads: [],
    judge: (write) => judge(property, rule, write),
  };
}

/** Only values that are written are checked. A value that the record already holds may stay. */
function judge(
  property: string,
  { ruleType, ruleArguments, shouldApplyNormalization }: PropertyRule,
  { fields }: JudgedWrite,
): RuleVerdict {
  const written = fields[property];
  const value = written === undefined ? '' : toWire(written);
  if (value === '') return 'passes';
  const [argument = ''] = ruleArguments;
  const verdict =
    verdicts[ruleType]?.(value, argument) ??
    (isPlain(value) && plainPasses.has(ruleType) ? 'passes' : 'unknown');
  // HubSpot does not document how it normalises a text before it applies the rule.
  const isText = ruleType === 'ALPHANUMERIC' || ruleType.endsWith('_LENGTH');
  return verdict === 'refuses' && isText && shouldApplyNormalization === true ? 'unknown' : verdict;
}

/** True for text that every rule about characters accepts. */
const isPlain = (value: string): boolean => /^[A-Za-z0-9]+$/.test(value);
const plainPasses = new Set(['SPECIAL_CHARACTERS', 'WHITESPACE']);

type Judge = (value: string, argument: string) => RuleVerdict;

const verdicts: Readonly<Record<string, Judge>> = {
  MIN_LENGTH: compared(
    (value) => value.length,
    Number,
    (length, least) => length >= least,
  ),
  MAX_LENGTH: compared(
    (value) => value.length,
    Number,
    (length, most) => length <= most,
  ),
  MIN_NUMBER: compared(Number, Number, (number, least) => number >= least),
  MAX_NUMBER: compared(Number, Number, (number, most) => number <= most),
  START_DATE: compared(dayOf, dayOf, (day, first) => day >= first),
  END_DATE: compared(dayOf, dayOf, (day, last) => day <= last),
  START_DATETIME: compared(Date.parse, instantOf, (at, first) => at >= first),
  END_DATETIME: compared(Date.parse, instantOf, (at, last) => at <= last),
  ALPHANUMERIC: characters,
};

function compared(
  read: (value: string) => number,
  bound: (argument: string) => number,
  passes: (value: number, bound: number) => boolean,
): Judge {
  return (value, argument) => {
    const left = read(value);
    const right = argument === '' ? Number.NaN : bound(argument);
    if (Number.isNaN(left) || Number.isNaN(right)) return 'unknown';
    return passes(left, right) ? 'passes' : 'refuses';
  };
}

/** A bound is a date or an instant in ISO 8601, or milliseconds since 1970. */
function instantOf(argument: string): number {
  return /^-?\d{5,}$/.test(argument) ? Number(argument) : Date.parse(argument);
}

function dayOf(value: string): number {
  const at = instantOf(value);
  return Number.isNaN(at) ? at : Math.floor(at / 86_400_000);
}

/** HubSpot does not document whether other letters, spaces and marks count as letters. */
function characters(value: string, allowed: string): RuleVerdict {
  const digits = /[0-9]/.test(value);
  const letters = /[A-Za-z]/.test(value);
  const clash = (allowed === 'NUMERIC_ONLY' && letters) || (allowed === 'ALPHA_ONLY' && digits);
  if (clash) return 'refuses';
  return isPlain(value) ? 'passes' : 'unknown';
}
