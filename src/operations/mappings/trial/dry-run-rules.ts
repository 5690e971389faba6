import type { CrmConnector, WriteRule } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RemoteRecord } from '#connectors/contract/records.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { BackfilledRecord } from '#src/operations/mappings/backfill/backfill-records.ts';
import { neededFields, splitRefused } from '#src/operations/write/refused-fields.ts';
import { maxExamples, type RefusedValues } from '#src/operations/mappings/backfill/backfill-report.ts';

/** Checks planned writes against the customer's validation and duplicate rules in the CRM. */
export interface RuleWatch {
  /** The vendor's fields that the rules read, in addition to the fields of the mapping. */
  readonly reads: readonly string[];
  /** @param records current values in the CRM; for an absent record they are unknown */
  add(records: readonly RemoteRecord[], results: readonly BackfilledRecord[]): void;
  /** True when a rule certainly refuses the write of this record, or a value in it. */
  isRefused(ref: string): boolean;
  found(): readonly RefusedValues[];
}

/** @throws ConnectorError when the vendor cannot be reached. Hidden rules are a finding, not an error. */
export async function watchRules(
  connector: Pick<CrmConnector, 'writeRules'>,
  description: ObjectDescription,
  mapping: Pick<CompiledMapping, 'outbound'>,
): Promise<RuleWatch> {
  const { rules, hidden } = await rulesOf(connector, description);
  const described = new Set(description.fields.map((field) => field.name));
  const tallies = rules.map((rule) => new RuleTally(rule, mapping));
  const needed = neededFields(mapping);
  const refused = new Set<string>();
  let written = 0;
  return {
    reads: [...new Set(rules.flatMap((rule) => rule.reads))].filter((name) => described.has(name)),
    add(records, results) {
      const currentFields = new Map(records.map((record) => [record.extId, record.fields]));
      for (const { ref, write } of results) {
        if (!write) continue;
        written += 1;
        for (const tally of tallies) {
          const verdict = tally.rule.judge({
            operation: write.operation,
            fields: write.fields,
            current: currentFields.get(ref) ?? {},
          });
          if (verdict === 'refuses') refused.add(ref);
          if (verdict === 'passes') continue;
          const isRestWritten = splitRefused(write.fields, tally.rule.failure, needed) !== null;
          tally.count(ref, {
            certain: verdict === 'refuses',
            effect: isRestWritten ? 'value' : 'record',
          });
        }
      }
    },
    isRefused: (ref) => refused.has(ref),
    found: () => [
      ...found(tallies, true),
      ...found(tallies, false),
      ...(hidden && written > 0 ? [rulesNotShown(hidden, written)] : []),
    ],
  };
}

interface Rules {
  readonly rules: readonly WriteRule[];
  /** The vendor's reason for not showing its rules; null when it shows them. */
  readonly hidden: ConnectorError | null;
}

async function rulesOf(
  { writeRules }: Pick<CrmConnector, 'writeRules'>,
  description: ObjectDescription,
): Promise<Rules> {
  try {
    return { rules: (await writeRules?.(description)) ?? [], hidden: null };
  } catch (error) {
    if (error instanceof ConnectorError && ['permission', 'mapping', 'gone'].includes(error.failure.class))
      return { rules: [], hidden: error };
    throw error;
  }
}

function rulesNotShown({ failure }: ConnectorError, count: number): RefusedValues {
  return {
    effect: 'record',
    direction: 'out',
    field: null,
    code: 'rules_not_shown',
    cause: 'validation_rule',
    certain: false,
    count,
    fix:
      failure.class === 'permission'
        ? failure.fix
        : `The CRM does not show its validation rules: ${failure.message}`,
    examples: [],
  };
}

function found(tallies: readonly RuleTally[], certain: boolean): readonly RefusedValues[] {
  return tallies.flatMap((tally) => tally.refused(certain));
}

interface Refused {
  count: number;
  /** The first of the refused records. */
  readonly refs: string[];
}

/** How sure it is that the CRM refuses something, and whether that is the whole record or only a value in it. */
interface Verdict {
  readonly certain: boolean;
  readonly effect: 'record' | 'value';
}

/** Counts the writes that one rule refuses or may refuse, as a whole or in part. */
class RuleTally {
  readonly rule: WriteRule;
  readonly #field: string | null;
  readonly #counted = new Map<string, Refused & Verdict>();

  constructor(rule: WriteRule, { outbound }: Pick<CompiledMapping, 'outbound'>) {
    this.rule = rule;
    const [only, ...others] = rule.failure.fields ?? [];
    this.#field = others.length > 0 ? null : (outbound.find(({ remote }) => remote === only)?.local ?? null);
  }

  count(ref: string, { certain, effect }: Verdict): void {
    const key = `${certain} ${effect}`;
    const tally = this.#counted.get(key) ?? { certain, effect, count: 0, refs: [] };
    this.#counted.set(key, tally);
    tally.count += 1;
    if (tally.refs.length < maxExamples) tally.refs.push(ref);
  }

  refused(certain: boolean): readonly RefusedValues[] {
    const { name, kind, failure } = this.rule;
    const { code, message, fix } = failure;
    const cause = kind === 'duplicate' ? 'duplicate' : 'validation_rule';
    const shared = { direction: 'out', field: this.#field, code, cause, certain, rule: name, fix } as const;
    return [...this.#counted.values()]
      .filter((tally) => tally.certain === certain)
      .map(({ effect, count, refs }) => ({
        ...shared,
        effect,
        count,
        examples: refs.map((ref) => ({ ref, message: `${name}: ${message}` })),
      }));
  }
}
