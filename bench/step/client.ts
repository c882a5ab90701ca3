/** One worker process: `client.ts durable|bare`. It ends with its parent, however that ends: the channel closes. */
import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createWorker } from '../../src/workers';
import { createBareActivities } from './bare-activities';
import type { WorkerMessage } from './messages';

/** The SDK's own default for both, so that neither waits for the other's slots. */
const taskQueue = process.env['HOLDFAST_TASK_QUEUE'] ?? '';

async function runDurable(connection: NativeConnection): Promise<void> {
  const worker = await createWorker({ connection, workflowsPath: join(__dirname, 'workflows.ts') });
  tell({ kind: 'ready' });
  await worker.run();
}

async function runBare(connection: NativeConnection): Promise<void> {
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: join(__dirname, 'bare-workflows.ts'),
    activities: createBareActivities(process.env),
  });
  tell({ kind: 'ready' });
  await worker.run();
}

function tell(message: WorkerMessage): void {
  process.send?.(message);
}

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  await (process.argv[2] === 'bare' ? runBare(connection) : runDurable(connection));
}

main().catch((error: unknown) => {
  tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
});
