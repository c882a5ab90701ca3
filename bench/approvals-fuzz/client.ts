/** One worker process. It ends with its parent, however that ends: the channel closes. */
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createWorker } from '../../src/workers';
import { createEffectActivities } from './activities';

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { TEMPORAL_ADDRESS = '', FUZZ_LOG = '' } = process.env;
  const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS });
  const worker = await createWorker({ connection, activities: createEffectActivities(FUZZ_LOG) });
  process.send?.('ready');
  await worker.run();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
