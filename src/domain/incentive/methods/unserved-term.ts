/** A contract that ends early gives back the commission for the months that were not served. */
import { exact, type Exact } from '#src/domain/exact.ts';

/** The part of a term that was not served. A term that was served longer gives nothing back. */
export function unservedShare(termMonths: number, servedMonths: number): Exact {
  const left = Math.max(0, termMonths - Math.max(0, servedMonths));
  return exact(BigInt(left), BigInt(termMonths));
}
