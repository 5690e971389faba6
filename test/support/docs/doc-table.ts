import { readFileSync } from 'node:fs';

/** A page of the documentation. */
export function docText(path: string): string {
  return readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');
}

/** The rows of the first table below a heading, by the names of its columns. */
export function docTable(path: string, heading: string): readonly Readonly<Record<string, string>>[] {
  const text = docText(path);
  const begin = text.indexOf(`\n${heading}\n`);
  if (begin < 0) throw new Error(`docs/${path} has no heading "${heading}"`);
  const lines = text.slice(begin + heading.length + 2).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const table = lines.slice(first);
  const end = table.findIndex((line) => !line.startsWith('|'));
  const [names = [], , ...rows] = table.slice(0, end).map(cellsOf);
  return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])));
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
