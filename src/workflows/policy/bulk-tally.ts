/** What a list of classified items comes to. */
import type { BulkAccuracy, BulkResult, BulkSummary } from '../../contracts/pipelines/bulk-classify';

const shownConfusions = 10;
/** Between the two intents of a pair: in no intent's name. */
const between = '\n';

export class BulkTally {
  private classified = 0;
  private degraded = 0;
  private known = 0;
  private right = 0;
  private costUsd = 0;
  private readonly failures = new Map<string, number>();
  private readonly tiers = new Map<string, number>();
  private readonly mistakes = new Map<string, number>();

  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0);
  }

  add(result: BulkResult): void {
    this.costUsd += result.costUsd;
    if ('failure' in result) {
      count(this.failures, result.failure.type);
      return;
    }
    this.classified += 1;
    if (result.degraded) this.degraded += 1;
    count(this.tiers, String(result.tier));
    if (result.expected === undefined) return;
    this.known += 1;
    if (result.expected === result.intent) this.right += 1;
    else count(this.mistakes, `${result.expected}${between}${result.intent}`);
  }

  summary(): Omit<BulkSummary, 'durationMs' | 'results'> {
    const { classified, failed, degraded, costUsd } = this;
    return {
      total: classified + failed,
      classified,
      failed,
      failures: Object.fromEntries(this.failures),
      servedByTier: Object.fromEntries([...this.tiers].sort(([a], [b]) => Number(a) - Number(b))),
      degraded,
      // Sums of thousands of fractions: what lies below a millionth of a dollar is rounding.
      costUsd: Math.round(costUsd * 1e6) / 1e6,
      ...(this.known > 0 && { accuracy: this.accuracy() }),
    };
  }

  private accuracy(): BulkAccuracy {
    const { known, right } = this;
    const confusions = [...this.mistakes]
      // Equals by name, so that the same results always give the same summary.
      .sort(([a, more], [b, fewer]) => fewer - more || (a < b ? -1 : 1))
      .slice(0, shownConfusions)
      .map(([pair, items]) => {
        const [expected = '', answered = ''] = pair.split(between);
        return { expected, answered, items };
      });
    return { known, right, share: right / known, confusions };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
