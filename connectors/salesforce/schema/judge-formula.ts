import type { JudgedWrite, RuleVerdict } from '#connectors/contract/crm.ts';
import type { JsonValue, RemoteField } from '#connectors/contract/records.ts';
import type { Formula } from './formula.ts';

/** A value in a formula. Undefined when it is unknown. Empty text is '', any other empty value is null. */
type Value = string | number | boolean | null | undefined;

interface Scope extends JudgedWrite {
  /** By lower-case name, because Salesforce ignores the case of names. */
  readonly described: ReadonlyMap<string, RemoteField>;
  readonly blankAsZero: boolean;
}

/** Fields by the names that formulas use. */
export function formulaNames(fields: readonly RemoteField[]): ReadonlyMap<string, RemoteField> {
  return new Map(fields.map((field) => [field.name.toLowerCase(), field]));
}

/**
 * Judges whether a validation rule refuses a write, which it does when its formula is true. It evaluates AND,
 * OR, NOT, the comparisons, ISBLANK, ISNULL, ISPICKVAL, TEXT of a picklist, LEN, DATE of numbers, ISNEW and
 * ISCHANGED on fields of the record. Everything else is unknown, and so is the verdict unless the rest of the
 * formula decides it.
 */
export function judgeFormula(
  formula: Formula,
  write: JudgedWrite,
  described: ReadonlyMap<string, RemoteField>,
): RuleVerdict {
  const outcome = truth(formula, { ...write, described, blankAsZero: false });
  if (outcome !== undefined) return outcome ? 'refuses' : 'passes';
  // Salesforce does not document for all cases whether an empty number is compared as nothing or as zero. The
  // rule passes when the formula is false in both cases.
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
  // Text is never null, even when it is empty.
  ISNULL: ([arg], scope) =>
    arg?.kind === 'field' && knownField(arg, scope)?.field.type === 'text' ? false : isBlank(arg, scope),
  ISPICKVAL: ([picklist, option], scope) => {
    const wanted = option && evaluate(option, scope);
    const current = picklistText(picklist, scope);
    return current === undefined || typeof wanted !== 'string' ? undefined : current === wanted;
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
    const values = [one, other].map((side) => side && evaluate(side, scope));
    const isNumeric = values.some((value) => typeof value === 'number');
    const [left, right] = values.map((value) =>
      value === null && isNumeric && scope.blankAsZero ? 0 : value,
    );
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
  const padded = (part: Value, length: number): string => String(part).padStart(length, '0');
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

interface KnownField {
  readonly field: RemoteField;
  readonly value: JsonValue;
}

/** The value of a record's field after the write. */
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
      // Salesforce trims most texts, but not all.
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
    // Picklists are only compared by ISPICKVAL and TEXT. Ids may be shortened, and instants depend on time
    // zones.
    case 'datetime':
    case 'picklist':
    case 'reference':
      return undefined;
  }
}
