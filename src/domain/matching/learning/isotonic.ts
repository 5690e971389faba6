export interface Observation {
  readonly x: number;
  /** The observed value at `x`, 0 to 1. */
  readonly y: number;
  readonly weight: number;
}

/** A range of `x` on which the fit is constant. */
export interface Step {
  readonly from: number;
  readonly to: number;
  /** The weighted mean of `x`. */
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** The non-decreasing step function closest to the observations (pool adjacent violators). */
export function isotonicSteps(observations: readonly Observation[]): readonly Step[] {
  const steps: Step[] = [];
  for (const { x, y, weight } of observations.toSorted((a, b) => a.x - b.x)) {
    let step: Step = { from: x, to: x, x, y, weight };
    for (let last = steps.at(-1); last && (last.y >= step.y || last.to === step.from); last = steps.at(-1)) {
      step = pooled(last, step);
      steps.pop();
    }
    steps.push(step);
  }
  return steps;
}

function pooled(a: Step, b: Step): Step {
  const weight = a.weight + b.weight;
  const mean = (key: 'x' | 'y'): number => (a[key] * a.weight + b[key] * b.weight) / weight;
  return { from: a.from, to: b.to, x: mean('x'), y: mean('y'), weight };
}
