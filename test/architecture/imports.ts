/**
 * The alternatives are tried in this order at each place, so an import inside a comment, a string or a
 * template is passed over together with it.
 */
const tokens = [
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*/, // a comment
  /\b(?:import|export)\s+(?:type\s+)?[\w$*{},\s]*?\bfrom\s*(?<q1>['"])(?<from>[^'"\n]+)\k<q1>/,
  /\bimport\s*\(?\s*(?<q2>['"])(?<bare>[^'"\n]+)\k<q2>/, // import './x' and import('./x')
  /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/, // a string or a template
];
const pattern = new RegExp(tokens.map((token) => token.source).join('|'), 'g');

/** Every module a TypeScript source names in an import, types included, in order. */
export function importsOf(source: string): readonly string[] {
  return [...source.matchAll(pattern)].flatMap(({ groups }) => groups?.['from'] ?? groups?.['bare'] ?? []);
}
