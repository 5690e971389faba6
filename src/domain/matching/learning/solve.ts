/** Solves `matrix · x = right` for a symmetric positive definite matrix by Cholesky decomposition. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const lower: number[][] = [];
  for (let row = 0; row < n; row++) {
    const line: number[] = [];
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row]?.[column] ?? 0;
      const other = column === row ? line : (lower[column] ?? []);
      for (let k = 0; k < column; k++) rest -= (line[k] ?? 0) * (other[k] ?? 0);
      if (row === column && rest <= 0) throw new RangeError('the matrix is not positive definite');
      line.push(row === column ? Math.sqrt(rest) : rest / (other[column] ?? 1));
    }
    lower.push(line);
  }
  const forward: number[] = [];
  for (let row = 0; row < n; row++) {
    let rest = right[row] ?? 0;
    for (let k = 0; k < row; k++) rest -= (lower[row]?.[k] ?? 0) * (forward[k] ?? 0);
    forward.push(rest / (lower[row]?.[row] ?? 1));
  }
  const solution = Array.from({ length: n }, () => 0);
  for (let row = n - 1; row >= 0; row--) {
    let rest = forward[row] ?? 0;
    for (let k = row + 1; k < n; k++) rest -= (lower[k]?.[row] ?? 0) * (solution[k] ?? 0);
    solution[row] = rest / (lower[row]?.[row] ?? 1);
  }
  return solution;
}
