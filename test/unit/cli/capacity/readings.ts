import type { EndpointReading, PoolReading } from '../../../../src/contracts/capacity';

export function endpointReading(changes: Partial<EndpointReading> = {}): EndpointReading {
  return {
    endpoint: 'openai-eastus',
    quotaGroup: 'openai-eastus',
    limitsVersion: 1,
    dimensions: [
      { dimension: 'rpm', limit: 60, effectiveLimit: 60, used: 12 },
      { dimension: 'tpm', limit: 60_000, effectiveLimit: 60_000, used: 59_812 },
      { dimension: 'concurrency', limit: 8, effectiveLimit: 8, used: 3 },
    ],
    inFlight: 3,
    breaker: 'closed',
    blockedForMs: 0,
    rateFactor: 1,
    rateLimited: 0,
    calls: 40,
    faults: 0,
    ...changes,
  };
}

/** Tightened after 429s, blocked, its breaker open. */
export const troubled = endpointReading({
  endpoint: 'openai-westus',
  dimensions: [
    { dimension: 'rpm', limit: 60, effectiveLimit: 42, used: 40 },
    { dimension: 'tpm', limit: 60_000, effectiveLimit: 42_000, used: 1_200 },
    { dimension: 'concurrency', limit: 8, effectiveLimit: 8, used: 0 },
  ],
  inFlight: 0,
  breaker: 'open',
  blockedForMs: 12_400,
  rateFactor: 0.7,
  rateLimited: 3,
});

export const claude = endpointReading({
  endpoint: 'anthropic-main',
  dimensions: [
    { dimension: 'inputTpm', limit: 40_000, effectiveLimit: 40_000, used: 0 },
    { dimension: 'outputTpm', limit: 8_000, effectiveLimit: 8_000, used: 0 },
  ],
  inFlight: 2,
});

export function poolReading(changes: Partial<PoolReading> = {}): PoolReading {
  return {
    pool: 'smart',
    endpoints: [endpointReading(), troubled],
    waiting: { interactive: 3, batch: 1_200 },
    expectedWaitMs: { interactive: 400, batch: 125_000 },
    ...changes,
  };
}

export const idlePool = poolReading({
  pool: 'claude',
  endpoints: [claude],
  waiting: { interactive: 0, batch: 0 },
  expectedWaitMs: { interactive: 0, batch: 0 },
});
