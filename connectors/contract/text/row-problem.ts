/** Why a row or a file was refused, in words for the person who exports it. */
export interface RowProblem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** The columns at fault. */
  readonly fields?: readonly string[];
}
