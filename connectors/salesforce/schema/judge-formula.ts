import type { JudgedWrite, RuleVerdict } from '#connectors/contract/crm.ts';
import type { JsonValue, RemoteField } from '#connectors/contract/records.ts';
import type { Formula } from './formula.ts';

/** A value in a formula; undefined: not known. Empty text is '', any other empty value null. */
type Value = string | number | boolean | null | undefined;

interface Scope extends JudgedWrite {
  /** By the lower case of their names: Salesforce does not tell capitals from small letters in them. */
  readonly described: ReadonlyMap<string, RemoteField>;
  readonly blankAsZero: boolean;
}

/** Fields by the names that formulas give them. */
export function formulaNames(fields: readonly RemoteField[]): ReadonlyMap<string, RemoteField> {
  return new Map(fields.map((field) => [field.name.toLowerCase(), field]));
}

/**
 * Whether a validation rule refuses a write: it does while its formula is true. Read are AND, OR, NOT, the
 * comparisons, ISBLANK, ISNULL, ISPICKVAL, TEXT of a picklist, LEN, DATE of numbers, ISNEW and ISCHANGED, on
 * fields of the record; whatever else a formula says is not known, and so is its outcome unless the rest
 * decides it.
 */
export function judgeFormula(
  formula: Formula,
  write: JudgedWrite,
  described: ReadonlyMap<string, RemoteField>,
): RuleVerdict {
  const outcome = truth(formula, { ...write, described, blankAsZero: false });
  if (outcome !== undefined) return outcome ? 'refuses' : 'passes';
  // An empty number is compared as nothing or as zero, which no document says of all cases: the rule passes
  // where neither makes it true.
  return truth(formula, { ...write, described, blankAsZero: true }) === false ? 'passes' : 'unknown';
}

type Truth = boolean | undefined;

function truth(formula: Formula, scope: Scope): Truth {
  const value = evaluate(formula, scope);
  return typeof value === 'boolean' ? value : undefined;
}

function evaluate(formula: Formula, scope: Scope): Value {
  switch (formula.kind) {
    case 'literal':
      return formula.value;
    case 'field':
      return fieldValue(formula, scope);
    case 'call':
      return functions[formula.name]?.(formula.args, scope);
  }
}

type Apply = (args: readonly Formula[], scope: Scope) => Value;

const functions: Readonly<Record<string, Apply>> = {
  AND: (args, scope) => all(args.map((arg) => truth(arg, scope))),
  OR: (args, scope) => not(all(args.map((arg) => not(truth(arg, scope))))),
  NOT: ([arg], scope) => (arg ? not(truth(arg, scope)) : undefined),
  ISBLANK: ([arg], scope) => isBlank(arg, scope),
  // Text is never null, whatever is in it.
  ISNULL: ([arg], scope) =>
    arg?.kind === 'field' && knownField(arg, scope)?.field.type === 'text' ? false : isBlank(arg, scope),
  ISPICKVAL: ([picklist, option], scope) => {
    const wanted = option && evaluate(option, scope);
    const held = picklistText(picklist, scope);
    return held === undefined || typeof wanted !== 'string' ? undefined : held === wanted;
  },
  TEXT: ([arg], scope) => picklistText(arg, scope),
  LEN: ([arg], scope) => {
    const text = arg && evaluate(arg, scope);
    return typeof text === 'string' ? text.length : undefined;
  },
  DATE: (args, scope) => dateOf(args.map((arg) => evaluate(arg, scope))),
  ISNEW: (_, { operation }) => (operation === 'update' ? false : undefined),
  ISCHANGED: ([arg], scope) => {
    const found = arg && knownField(arg, scope);
    return found && scope.operation === 'update' && !Object.hasOwn(scope.fields, found.field.name)
      ? false
      : undefined;
  },
  '=': comparison((left, right) => left === right),
  '<>': comparison((left, right) => left !== right),
  '<': comparison((left, right) => left < right, true),
  '<=': comparison((left, right) => left <= right, true),
  '>': comparison((left, right) => left > right, true),
  '>=': comparison((left, right) => left >= right, true),
};

function all(outcomes: readonly Truth[]): Truth {
  if (outcomes.includes(false)) return false;
  return outcomes.includes(undefined) ? undefined : true;
}

const not = (outcome: Truth): Truth => (outcome === undefined ? undefined : !outcome);

type Comparable = string | number | boolean;

function comparison(test: (left: Comparable, right: Comparable) => boolean, ordered = false): Apply {
  return ([one, other], scope) => {
    const sides = [one, other].map((side) => side && evaluate(side, scope));
    const isNumeric = sides.some((side) => typeof side === 'number');
    const [left, right] = sides.map((side) => (side === null && isNumeric && scope.blankAsZero ? 0 : side));
    if (
      left === undefined ||
      right === undefined ||
      left === null ||
      right === null ||
      typeof left !== typeof right
    )
      return undefined;
    return ordered && !isNumeric && !(isDay(left) && isDay(right)) ? undefined : test(left, right);
  };
}

const isDay = (value: Comparable): boolean => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);

function dateOf(parts: readonly Value[]): Value {
  const [year, month, day] = parts;
  if (![year, month, day].every(Number.isInteger)) return undefined;
  return [String(year).padStart(4, '0'), ...[month, day].map((part) => String(part).padStart(2, '0'))].join(
    '-',
  );
}

interface KnownField {
  readonly field: RemoteField;
  readonly value: JsonValue;
}

/** What a field of the record will hold. */
function knownField(formula: Formula, { described, fields, current }: Scope): KnownField | undefined {
  const field = formula.kind === 'field' ? described.get(formula.name.toLowerCase()) : undefined;
  const value = field && (Object.hasOwn(fields, field.name) ? fields[field.name] : current[field.name]);
  return field && value !== undefined ? { field, value } : undefined;
}

function isBlank(arg: Formula | undefined, scope: Scope): Truth {
  const found = arg && knownField(arg, scope);
  const value = found && found.field.type !== 'text' ? found.value : arg && evaluate(arg, scope);
  return value === undefined || typeof value === 'boolean' ? undefined : value === null || value === '';
}

function picklistText(arg: Formula | undefined, scope: Scope): string | undefined {
  const found = arg && knownField(arg, scope);
  if (found?.field.type !== 'picklist') return undefined;
  if (found.value === null) return '';
  return typeof found.value === 'string' ? found.value : undefined;
}

function fieldValue(formula: Formula, scope: Scope): Value {
  const found = knownField(formula, scope);
  if (!found) return undefined;
  const { field, value } = found;
  switch (field.type) {
    case 'text': {
      if (field.name === 'Id' || (typeof value !== 'string' && value !== null)) return undefined;
      // Salesforce cuts spaces from the ends of most texts, but not of all.
      return value === null ? '' : value.trim() === value ? value : undefined;
    }
    case 'number': {
      const number = value === null || value === '' ? null : Number(value);
      return Number.isNaN(number) ? undefined : number;
    }
    case 'boolean':
      return value === null ? false : typeof value === 'boolean' ? value : undefined;
    case 'date':
      return value === null ? null : typeof value === 'string' && isDay(value) ? value : undefined;
    // Picklists are only compared by ISPICKVAL and TEXT; ids are shortened, and instants depend on time
    // zones.
    case 'datetime':
    case 'picklist':
    case 'reference':
      return undefined;
  }
}
