/**
 * A Salesforce formula as a tree. Operators are calls named by one spelling each: `=`, `<>`, `AND`, `OR`,
 * `NOT`.
 */
export type Formula =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** As written: `Amount`, `Account.Name`, `$Permission.Bypass`. */
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Formula[] };

const literals: Readonly<Record<string, boolean | null>> = { TRUE: true, FALSE: false, NULL: null };

/** Other spellings of the operators. */
const spellings: Readonly<Record<string, string>> = {
  '==': '=',
  '!=': '<>',
  '&&': 'AND',
  '||': 'OR',
  '!': 'NOT',
};

/** The precedence of operators; a higher number binds tighter. All of them are left-associative. */
const precedences: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  '=': 3,
  '<>': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '&': 5,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 7,
};

/** Null when the text is not a formula. */
export function parseFormula(text: string): Formula | null {
  const tokens = tokensOf(text);
  if (!tokens) return null;
  try {
    const parser = new Parser(tokens);
    const formula = parser.expression(0);
    return parser.atEnd() ? formula : null;
  } catch (error) {
    if (error instanceof UnreadableFormula) return null;
    throw error;
  }
}

/** The fields of the record that a formula names, without fields of its parents and of the organisation. */
export function fieldsInFormula(formula: Formula): readonly string[] {
  if (formula.kind === 'call') return [...new Set(formula.args.flatMap(fieldsInFormula))];
  return formula.kind === 'field' && !/[.$]/.test(formula.name) ? [formula.name] : [];
}

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign';
  readonly text: string;
}

const tokenShapes: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|\/\*[^]*?\*\/)/y],
  ['number', /\d+(?:\.\d+)?|\.\d+/y],
  ['text', /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/y],
  ['name', /\$?[a-z_]\w*(?:\.[a-z_]\w*)*/iy],
  ['sign', /<>|!=|==|<=|>=|&&|\|\||[-+*/^&=<>!(),]/y],
];

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const found = tokenShapes.flatMap(([kind, shape]) => {
      shape.lastIndex = at;
      const match = shape.exec(text)?.[0];
      return match === undefined ? [] : [{ kind, text: match }];
    })[0];
    if (!found) return null;
    at += found.text.length;
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text });
  }
  return tokens;
}

class UnreadableFormula extends Error {}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** @param above operators with this precedence or a lower one are left to the caller */
  expression(above: number): Formula {
    let left = this.#operand();
    for (;;) {
      const sign = this.#sign();
      const precedence = sign === null ? undefined : precedences[sign];
      if (sign === null || precedence === undefined || precedence <= above) return left;
      this.#at += 1;
      left = { kind: 'call', name: sign, args: [left, this.expression(precedence)] };
    }
  }

  /** The next operator, in our spelling. */
  #sign(): string | null {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' ? (spellings[token.text] ?? token.text) : null;
  }

  #operand(): Formula {
    const sign = this.#sign();
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (!token) throw new UnreadableFormula();
    if (sign === '(') return this.#closed(this.expression(0));
    // A sign before an operand binds tighter than any binary operator.
    if (sign === 'NOT') return { kind: 'call', name: 'NOT', args: [this.#operand()] };
    if (sign === '-' || sign === '+') return signed(sign, this.#operand());
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'literal', value: unquoted(token.text) };
    if (token.kind === 'name') return this.#named(token.text);
    throw new UnreadableFormula();
  }

  #named(name: string): Formula {
    const upper = name.toUpperCase();
    if (this.#sign() === '(') {
      this.#at += 1;
      return { kind: 'call', name: upper, args: this.#args() };
    }
    const literal = literals[upper];
    return literal === undefined ? { kind: 'field', name } : { kind: 'literal', value: literal };
  }

  #args(): readonly Formula[] {
    const args: Formula[] = [];
    while (this.#sign() !== ')') {
      if (args.length > 0) this.#expect(',');
      args.push(this.expression(0));
    }
    this.#expect(')');
    return args;
  }

  #closed(formula: Formula): Formula {
    this.#expect(')');
    return formula;
  }

  #expect(expected: string): void {
    if (this.#sign() !== expected) throw new UnreadableFormula();
    this.#at += 1;
  }
}

function signed(sign: '-' | '+', operand: Formula): Formula {
  if (sign === '+') return operand;
  const isNumber = operand.kind === 'literal' && typeof operand.value === 'number';
  return isNumber
    ? { kind: 'literal', value: -Number(operand.value) }
    : { kind: 'call', name: '-', args: [operand] };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

const unquoted = (text: string): string =>
  text.slice(1, -1).replace(/\\([^])/g, (_, char: string) => escapes[char] ?? char);
