/** One process of the order service that dies where it is told to. It ends with its parent: the channel closes. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { crashPoints } from '../../examples/effects/order-activities';
import type { CrashPoint } from '../../examples/effects/order-activities';
import { createOrderWorker } from '../../examples/effects/order-worker';
import type { ClientSettings } from './messages';

async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const settings = JSON.parse(process.env['EFFECTS_CLIENT'] ?? '') as ClientSettings;
  const { temporalAddress, taskQueue, databaseFile, receivedFile, crash, pauseMs = 0 } = settings;
  const passed = new Map<CrashPoint, number>(crashPoints.map((point) => [point, 0]));
  const worker = await createOrderWorker({
    temporalAddress,
    taskQueue,
    databaseFile,
    // The receiver: it keeps what it was told, also what it was told twice.
    send: async ({ key }) => appendFileSync(receivedFile, `${key}\n`),
    at: (point) => {
      const times = (passed.get(point) ?? 0) + 1;
      passed.set(point, times);
      if (crash?.point === point && crash.nth === times) process.kill(process.pid, 'SIGKILL');
      return pauseMs > 0 ? sleep(pauseMs) : undefined;
    },
  });
  process.send?.('ready');
  await worker.run();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
