import type { Findings } from './findings.ts';
import type { Line } from '#mappings/engine/pack/line.ts';

/** One line as a connection from the field it reads to the field it fills. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly line: Line;
}

/**
 * Refuses cycles. A value that returns to its first field through other fields would change in every run and
 * start the next change. A single line with direction "both" is not a cycle.
 */
export function checkCycles(lines: readonly Line[], findings: Findings): void {
  const edges = Map.groupBy(lines.flatMap(edgesOf), ({ from }) => from);
  const done = new Set<string>();
  for (const start of edges.keys()) {
    if (done.has(start)) continue;
    const cycle = cycleFrom(start, edges, done);
    if (!cycle) continue;
    const last = cycle.at(-1)?.line ?? lines[0];
    if (!last) return;
    const fields = [cycle[0]?.from, ...cycle.map(({ to }) => to)].map(withoutSide).join(' → ');
    const fix = 'Remove one of these lines, or set one pair of fields to direction "both".';
    findings.problem(
      last.path,
      last.field.local,
      'circular',
      `A value would be copied in a cycle: ${fields}.`,
      fix,
    );
    return;
  }
}

const withoutSide = (node: string | undefined): string => (node ?? '').replace(/^(ours|theirs) /, '');

function edgesOf(line: Line): Edge[] {
  const { field, combination } = line;
  const theirs = `theirs ${field.remote}`;
  const ours = `ours ${field.local}`;
  if (field.direction === 'both') {
    return [
      { from: theirs, to: ours, line },
      { from: ours, to: theirs, line },
    ];
  }
  const reads = field.direction === 'in';
  const sources = combination?.sources ?? [reads ? field.remote : field.local];
  return sources.map((source) => ({
    from: `${reads ? 'theirs' : 'ours'} ${source}`,
    to: reads ? ours : theirs,
    line,
  }));
}

/** Follows edges from a field, never back along the same line, until a field repeats. */
function cycleFrom(
  start: string,
  edges: ReadonlyMap<string, readonly Edge[]>,
  done: Set<string>,
): readonly Edge[] | null {
  const path: Edge[] = [];
  const open = new Set<string>();
  const visit = (node: string, by: Line | null): readonly Edge[] | null => {
    open.add(node);
    for (const edge of edges.get(node) ?? []) {
      if (edge.line === by) continue;
      path.push(edge);
      if (open.has(edge.to)) return path.slice(path.findIndex(({ from }) => from === edge.to));
      const found = done.has(edge.to) ? null : visit(edge.to, edge.line);
      if (found) return found;
      path.pop();
    }
    open.delete(node);
    done.add(node);
    return null;
  };
  return visit(start, null);
}
