/** The services that jest's global setup started for the integration tests. */

/** Environment variables by which the global setup tells the test files what it started. */
export const serviceVariables = {
  redisUrl: 'HOLDFAST_TEST_REDIS_URL',
  temporalAddress: 'HOLDFAST_TEST_TEMPORAL_ADDRESS',
  workflowBundle: 'HOLDFAST_TEST_WORKFLOW_BUNDLE',
} as const;

export interface TestServices {
  /** Shared by all test files: each uses a key prefix of its own. */
  readonly redisUrl: string;
  /** host:port; namespace `default`. Shared: each test uses a task queue of its own. */
  readonly temporalAddress: string;
  /** File with the bundle of test/fixtures/workflows.ts, which includes the shipped pipelines. */
  readonly workflowBundle: string;
}

/** @throws Error when the global setup has not run: a missing service fails the test, it never skips it */
export function readServices(): TestServices {
  const read = (name: string): string => {
    const value = process.env[name];
    if (value) return value;
    throw new Error(`${name} is not set. Run this test in the jest project "integration", e.g. by \`npm test\`.`);
  };
  return {
    redisUrl: read(serviceVariables.redisUrl),
    temporalAddress: read(serviceVariables.temporalAddress),
    workflowBundle: read(serviceVariables.workflowBundle),
  };
}
