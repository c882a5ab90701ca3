/** Serves the orders of one queue. Start it in several processes, they share the file. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { createOrderActivities } from './order-activities';
import type { OrderActivityOptions } from './order-activities';
import { openOrderStore } from './order-store';

export interface OrderWorkerOptions extends Omit<OrderActivityOptions, 'store'> {
  readonly temporalAddress: string;
  /** The pipeline's queue and `-orders`. */
  readonly taskQueue: string;
  readonly databaseFile: string;
}

export interface OrderWorker {
  /** Until `shutdown`; then closes what it opened. */
  run(): Promise<void>;
  shutdown(): void;
}

/** Not a Holdfast worker: any Temporal worker that has the activities can do it. */
export async function createOrderWorker(options: OrderWorkerOptions): Promise<OrderWorker> {
  const { temporalAddress, taskQueue, databaseFile, ...rest } = options;
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const store = openOrderStore(databaseFile);
  const worker = await Worker.create({
    connection,
    taskQueue,
    activities: createOrderActivities({ store, ...rest }),
    // Progress of long activities is kept no older than this.
    maxHeartbeatThrottleInterval: '500ms',
  });
  return {
    run: async () => {
      try {
        await worker.run();
      } finally {
        store.close();
        await connection.close();
      }
    },
    shutdown: () => worker.shutdown(),
  };
}
