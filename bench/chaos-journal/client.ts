/** One worker process. It ends with its parent, however that ends: the channel closes. */
import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createCrashPoint } from '../../src/workers/crash-points';
import { createWorker } from '../../src/workers';
import { createChaosActivities } from './activities';

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { TEMPORAL_ADDRESS = '', CHAOS_LOG = '', CHAOS_BUNDLE = '', HOLDFAST_CRASH_POINT } = process.env;
  const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS });
  const activities = createChaosActivities(CHAOS_LOG, createCrashPoint(HOLDFAST_CRASH_POINT));
  const workflows = CHAOS_BUNDLE === '' ? { workflowsPath: join(__dirname, 'workflows.ts') } : {};
  const worker = await createWorker({ connection, activities, ...workflows });
  process.send?.('ready');
  await worker.run();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
