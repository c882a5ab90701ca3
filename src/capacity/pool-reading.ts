/** The answer of `inspect.lua` in the words of the contract. */
import type {
  BreakerState,
  CapacityCandidate,
  DimensionReading,
  EndpointReading,
  PoolReading,
} from '../contracts/capacity';

const ledgerDimensions = ['rpm', 'tpm', 'inputTpm', 'outputTpm'] as const;
const breakerStates: readonly BreakerState[] = ['closed', 'open', 'probing', 'ramping'];

type Asked = Pick<CapacityCandidate, 'endpoint' | 'quotaGroup' | 'limits'>;

/** `rows`: the pool, then one per endpoint, `''` for one whose limits nobody has put in force yet. */
export function poolReadingOf(pool: string, asked: readonly Asked[], rows: readonly string[]): PoolReading {
  const [first = '', ...others] = rows;
  const [premium = 0, standard = 0, batchPremium = 0, batchStandard = 0, serviceMs = 0] = numbersOf(first);
  const read = asked.map((endpoint, index) => endpointReadingOf(endpoint, numbersOf(others[index] ?? '')));
  const freeInMs = read.length === 0 ? 0 : Math.min(...read.map(({ startsInMs }) => startsInMs));
  const waiting = { interactive: premium + standard, batch: batchPremium + batchStandard };
  const aheadOfBatch = waiting.interactive + waiting.batch;
  return {
    pool,
    endpoints: read.map(({ reading }) => reading),
    waiting,
    expectedWaitMs: {
      interactive: Math.ceil(freeInMs + waiting.interactive * serviceMs),
      batch: Math.ceil(freeInMs + aheadOfBatch * serviceMs),
    },
  };
}

function endpointReadingOf(
  { endpoint, quotaGroup, limits }: Asked,
  numbers: readonly number[],
): { reading: EndpointReading; startsInMs: number } {
  if (numbers.length === 0) return { reading: unusedReading({ endpoint, quotaGroup, limits }), startsInMs: 0 };
  const at = (index: number): number => numbers[index] ?? 0;
  const dimensions: DimensionReading[] = ledgerDimensions.flatMap((dimension, index) => {
    const [limit, effectiveLimit, used] = [at(1 + 3 * index), at(2 + 3 * index), at(3 + 3 * index)];
    return limit > 0 ? [{ dimension, limit, effectiveLimit: Math.floor(effectiveLimit), used }] : [];
  });
  const [rpd, today, concurrency, inFlight] = [at(13), at(14), at(15), at(16)];
  if (rpd > 0) dimensions.push({ dimension: 'rpd', limit: rpd, effectiveLimit: rpd, used: today });
  if (concurrency > 0) {
    dimensions.push({ dimension: 'concurrency', limit: concurrency, effectiveLimit: concurrency, used: inFlight });
  }
  const [latencyMs, costUsd] = [at(23), at(24)];
  const reading: EndpointReading = {
    endpoint,
    quotaGroup,
    limitsVersion: at(0),
    dimensions,
    inFlight,
    breaker: breakerStates[at(17)] ?? 'closed',
    blockedForMs: Math.ceil(at(18)),
    rateFactor: at(19),
    rateLimited: at(20),
    calls: at(21),
    faults: at(22),
    ...(latencyMs >= 0 ? { latencyMs } : {}),
    ...(costUsd >= 0 ? { costUsd } : {}),
  };
  return { reading, startsInMs: at(25) };
}

/** Nobody has asked for this endpoint since the state began: the limits of the config, nothing used. */
function unusedReading({ endpoint, quotaGroup, limits }: Asked): EndpointReading {
  const dimensions = ([...ledgerDimensions, 'rpd', 'concurrency'] as const).flatMap((dimension): DimensionReading[] => {
    const limit = limits[dimension];
    return limit === undefined ? [] : [{ dimension, limit, effectiveLimit: limit, used: 0 }];
  });
  return {
    endpoint,
    quotaGroup,
    limitsVersion: 0,
    dimensions,
    inFlight: 0,
    breaker: 'closed',
    blockedForMs: 0,
    rateFactor: 1,
    rateLimited: 0,
    calls: 0,
    faults: 0,
  };
}

function numbersOf(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number);
}
