/**
 * Given to Node with `--import`: the process lives as many milliseconds ahead of everybody else as SKEW_MS
 * says.
 */
const skewMs = Number(process.env['SKEW_MS']);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts: readonly unknown[]) {
    super(...((parts.length === 0 ? [RealDate.now() + skewMs] : parts) as [number]));
  }

  static override now(): number {
    return RealDate.now() + skewMs;
  }
} as DateConstructor;
