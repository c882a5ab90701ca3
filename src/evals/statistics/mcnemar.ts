/**
 * Exact McNemar test, two-sided: how likely it is that of the rows on which two variants disagree so many or more fall
 * to one side, if neither were better. Rows on which they agree say nothing. 1 without any disagreement.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const disagreements = onlyFirst + onlySecond;
  if (disagreements === 0) return 1;
  const fewer = Math.min(onlyFirst, onlySecond);
  // In logarithms: 0.5 to the power of a few thousand is 0 otherwise.
  let logTerm = disagreements * Math.log(0.5);
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log(disagreements - k + 1) - Math.log(k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/** Holm's correction: p-values of several comparisons, made as strict as their number demands. In the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const corrected = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues[index] ?? 0) * (pValues.length - rank)));
    corrected[index] = largest;
  }
  return corrected;
}
