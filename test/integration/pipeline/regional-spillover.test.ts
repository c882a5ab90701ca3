import type { RegionalAnswer } from '../../../src/contracts/pipelines/regional-spillover';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

const regions = ['azure-eastus', 'azure-eastus2', 'azure-westus'];
const [primary = ''] = regions;

/** The shipped regions, at the simulator of the harness. */
async function declareRegions({ simulator, environment }: Harness): Promise<void> {
  const { origin } = new URL(environment['SIM_OPENAI_EASTUS_URL'] ?? '');
  for (const name of regions) {
    await simulator.putEndpoint(name, {
      provider: 'azure-openai',
      apiKey: `key-${name}`,
      limits: { rpm: 600, tpm: 300_000, concurrency: 32 },
      latency: { firstTokenMs: 20, sigma: 0.1, tokensPerSecond: 2_000 },
    });
    const variable = `SIM_${name.toUpperCase().replaceAll('-', '_')}`;
    environment[`${variable}_URL`] = `${origin}/${name}`;
    environment[`${variable}_KEY`] = `key-${name}`;
  }
}

describe('regionalSpillover', () => {
  let harness: Harness;
  let asked = 0;
  beforeEach(async () => {
    harness = await startHarness({ config: 'shipped' });
    await declareRegions(harness);
    await harness.startWorker();
  });
  afterEach(() => harness.stop());

  const ask = async (): Promise<RegionalAnswer> => {
    const input = { question: 'My card was declined abroad. What can I do?' };
    const run = await harness.client.start('regionalSpillover', input, { id: `spill-${asked++}` });
    return run.result<RegionalAnswer>();
  };
  const answeredBy = async (): Promise<Set<string>> =>
    new Set((await harness.simulator.ledger()).filter(({ billed }) => billed).map(({ endpoint }) => endpoint));

  test('stays in the nearest region while that has room', async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ servedBy: [primary, primary], degraded: false });
    expect(answer.check).toEqual({ fit: expect.any(Boolean) as boolean, note: expect.any(String) as string });
  });

  test('a 429 moves it to the next region at once, and nobody asks the throttled one again until it may be', async () => {
    await harness.simulator.addFault({ kind: 'rateLimit', endpoint: primary, retryInMs: 60_000 });
    expect(await ask()).toMatchObject({ servedBy: ['azure-eastus2', 'azure-eastus2'], degraded: false });
    expect(await ask()).toMatchObject({ degraded: false });
    const rejected = (await harness.simulator.ledger()).filter(({ status }) => status === 429);
    expect(rejected).toHaveLength(1);
    expect(await answeredBy()).not.toContain(primary);
  });

  test('comes back when the time is over that the provider has named', async () => {
    const fault = await harness.simulator.addFault({
      kind: 'rateLimit',
      endpoint: primary,
      retryInMs: 1_500,
      count: 1,
    });
    expect((await ask()).servedBy).not.toContain(primary);
    expect((await harness.simulator.faults()).find(({ id }) => id === fault.id)).toMatchObject({ fired: 1 });
    let servedBy: readonly string[] = [];
    for (let tries = 0; tries < 60 && !servedBy.includes(primary); tries++) ({ servedBy } = await ask());
    expect(servedBy).toContain(primary);
  });

  test('with two regions dead the third serves, with all three the next pool', async () => {
    for (const endpoint of regions.slice(0, 2))
      await harness.simulator.addFault({ kind: 'status', status: 503, endpoint });
    expect(await ask()).toMatchObject({ servedBy: ['azure-westus', 'azure-westus'], degraded: false });
    await harness.simulator.addFault({ kind: 'status', status: 503, endpoint: 'azure-westus' });
    const answer = await ask();
    expect(answer.degraded).toBe(true);
    expect(answer.servedBy.every((endpoint) => endpoint.startsWith('openai-'))).toBe(true);
  });

  test('a refusal is taken to no other region', async () => {
    await harness.simulator.addFault({ kind: 'promptBlocked', count: 1 });
    await expect(ask()).rejects.toMatchObject({ details: { failure: 'Llm.ContentFiltered' } });
    expect(await harness.simulator.ledger()).toHaveLength(1);
  });
});
