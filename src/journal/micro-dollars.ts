/** Money as whole millionths of a dollar: sums of them are exact, and never short of what was spent. */
const perDollar = 1_000_000;

/** Below this the difference to a whole number is the rounding error of the dollars, e.g. 0.07 × 1e6 = 70000.00000000001. */
const noise = 1e-6;

/** What is spent rounds up. */
export function microDollarsSpent(usd: number): number {
  return wholeOf(usd) ?? Math.ceil(usd * perDollar);
}

/** What may be spent rounds down. */
export function microDollarsAllowed(usd: number): number {
  return wholeOf(usd) ?? Math.floor(usd * perDollar);
}

export function dollarsOf(microDollars: number): number {
  return microDollars / perDollar;
}

function wholeOf(usd: number): number | undefined {
  const amount = usd * perDollar;
  const whole = Math.round(amount);
  const isWhole = Math.abs(amount - whole) <= Math.max(noise, amount * Number.EPSILON);
  return isWhole && (whole > 0 || usd === 0) ? whole : undefined;
}
