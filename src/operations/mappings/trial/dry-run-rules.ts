import {
  ConnectorError,
  type Connector,
  type ObjectDescription,
  type RemoteRecord,
  type WriteRule,
} from '#connectors/contract/crm.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { CarriedRecord } from '#src/operations/mappings/backfill/backfill-records.ts';
import { examplesKept, type RefusedValues } from '#src/operations/mappings/backfill/backfill-report.ts';

/** Holds planned writes against the rules of the customer's own that may refuse them. */
export interface RuleWatch {
  /** The vendor's fields it wants to know of the records, those of the mapping aside. */
  readonly reads: readonly string[];
  /** @param records what stands in them; of one that is absent nothing is known */
  add(records: readonly RemoteRecord[], carried: readonly CarriedRecord[]): void;
  /** A rule refuses the write of this record for certain. */
  isRefused(ref: string): boolean;
  found(): readonly RefusedValues[];
}

/** @throws ConnectorError when the vendor cannot be asked; that it does not show its rules is a finding */
export async function watchRules(
  connector: Pick<Connector, 'writeRules'>,
  description: ObjectDescription,
  mapping: Pick<CompiledMapping, 'outbound'>,
): Promise<RuleWatch> {
  const { rules, hidden } = await rulesOf(connector, description);
  const described = new Set(description.fields.map((field) => field.name));
  const tallies = rules.map((rule) => new RuleTally(rule, mapping));
  const refused = new Set<string>();
  let written = 0;
  return {
    reads: [...new Set(rules.flatMap((rule) => rule.reads))].filter((name) => described.has(name)),
    add(records, carried) {
      const standing = new Map(records.map((record) => [record.extId, record.fields]));
      for (const { ref, write } of carried) {
        if (!write) continue;
        written += 1;
        for (const tally of tallies) {
          const verdict = tally.rule.judge({
            operation: write.operation,
            fields: write.fields,
            standing: standing.get(ref) ?? {},
          });
          if (verdict === 'refuses') refused.add(ref);
          if (verdict !== 'passes') tally.count(ref, verdict === 'refuses');
        }
      }
    },
    isRefused: (ref) => refused.has(ref),
    found: () => [
      ...found(tallies, true),
      ...found(tallies, false),
      ...(hidden && written > 0 ? [unseen(hidden, written)] : []),
    ],
  };
}

interface Rules {
  readonly rules: readonly WriteRule[];
  /** Why the vendor does not show its rules to us. */
  readonly hidden: ConnectorError | null;
}

async function rulesOf(
  { writeRules }: Pick<Connector, 'writeRules'>,
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

function unseen({ failure }: ConnectorError, count: number): RefusedValues {
  return {
    effect: 'record',
    way: 'out',
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
  return tallies.map((tally) => tally.refused(certain)).filter(({ count }) => count > 0);
}

interface Concerned {
  count: number;
  /** The first of them. */
  readonly refs: string[];
}

/** What one rule does to the writes. */
class RuleTally {
  readonly rule: WriteRule;
  readonly #field: string | null;
  readonly #certain: Concerned = { count: 0, refs: [] };
  readonly #possible: Concerned = { count: 0, refs: [] };

  constructor(rule: WriteRule, { outbound }: Pick<CompiledMapping, 'outbound'>) {
    this.rule = rule;
    const [only, ...others] = rule.failure.fields ?? [];
    this.#field = others.length > 0 ? null : (outbound.find(({ remote }) => remote === only)?.local ?? null);
  }

  count(ref: string, certain: boolean): void {
    const concerned = certain ? this.#certain : this.#possible;
    concerned.count += 1;
    if (concerned.refs.length < examplesKept) concerned.refs.push(ref);
  }

  refused(certain: boolean): RefusedValues {
    const { count, refs } = certain ? this.#certain : this.#possible;
    const { name, sort, failure } = this.rule;
    const { code, message, fix } = failure;
    const cause = sort === 'duplicate' ? 'duplicate' : 'validation_rule';
    const examples = refs.map((ref) => ({ ref, message: `${name}: ${message}` }));
    return {
      effect: 'record',
      way: 'out',
      field: this.#field,
      code,
      cause,
      certain,
      rule: name,
      count,
      fix,
      examples,
    };
  }
}
