import { z } from 'zod';
import { safeErrorMessage } from '#src/domain/errors.ts';
import type { CaseResult, NamedCase } from './case-file.ts';
import { contractRules } from './contract-rules.ts';
import { outcomeDifferences, type RuleTable } from './rule.ts';
import { tableRules } from './table-rules.ts';

const rules: RuleTable = { ...tableRules, ...contractRules };
const ruleCase = z.looseObject({
  kind: z.string().default(''),
  rule: z.looseObject({ type: z.string() }),
  inputs: z.unknown(),
  expected: z.record(z.string(), z.unknown()),
});

/** Runs one published calculation through the engine. A case that cannot be read fails. */
export function runIncentiveRule(named: NamedCase): CaseResult {
  const { id } = named;
  try {
    const { kind, rule, inputs, expected } = ruleCase.parse(named);
    const run = Object.hasOwn(rules, rule.type) ? rules[rule.type] : undefined;
    if (run === undefined) return { id, title: kind, differences: [`no rule has the type ${rule.type}`] };
    return { id, title: kind, differences: outcomeDifferences(expected, run(rule, inputs)) };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : safeErrorMessage(error);
    return { id, title: named.title, differences: [`the case cannot be calculated: ${reason}`] };
  }
}
