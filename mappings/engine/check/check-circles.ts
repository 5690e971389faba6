import type { Findings } from './findings.ts';
import type { Line } from '#mappings/engine/pack/line.ts';

/** One line's way from what it takes to what it fills. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly line: Line;
}

/**
 * A value that comes back to where it began by way of other fields never comes to rest: each pass is a change
 * that starts the next. A line that goes both ways is its own way back, and no circle.
 */
export function checkCircles(lines: readonly Line[], findings: Findings): void {
  const ways = Map.groupBy(lines.flatMap(waysOf), ({ from }) => from);
  const done = new Set<string>();
  for (const start of ways.keys()) {
    if (done.has(start)) continue;
    const circle = circleFrom(start, ways, done);
    if (!circle) continue;
    const last = circle.at(-1)?.line ?? lines[0];
    if (!last) return;
    const round = [circle[0]?.from, ...circle.map(({ to }) => to)].map(plain).join(' → ');
    const fix = 'Remove one of these lines, or set one pair of fields to direction "both".';
    findings.problem(
      last.path,
      last.field.local,
      'circular',
      `A value goes round in a circle: ${round}.`,
      fix,
    );
    return;
  }
}

const plain = (node: string | undefined): string => (node ?? '').replace(/^(ours|theirs) /, '');

function waysOf(line: Line): Way[] {
  const { field, combination } = line;
  const [theirs, ours] = [`theirs ${field.remote}`, `ours ${field.local}`];
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

/** Follows ways from a field, never back along the line just used, until one is met again. */
function circleFrom(
  start: string,
  ways: ReadonlyMap<string, readonly Way[]>,
  done: Set<string>,
): readonly Way[] | null {
  const path: Way[] = [];
  const open = new Set<string>();
  const visit = (node: string, by: Line | null): readonly Way[] | null => {
    open.add(node);
    for (const way of ways.get(node) ?? []) {
      if (way.line === by) continue;
      path.push(way);
      if (open.has(way.to)) return path.slice(path.findIndex(({ from }) => from === way.to));
      const found = done.has(way.to) ? null : visit(way.to, way.line);
      if (found) return found;
      path.pop();
    }
    open.delete(node);
    done.add(node);
    return null;
  };
  return visit(start, null);
}
