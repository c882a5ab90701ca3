/** The Temporal a command talks to: as TEMPORAL_* says, else the development stack that runs in this clone. */
import { connect } from '../client';
import type { HoldfastClient } from '../client';
import { loadApp } from '../config/load-app';
import type { Output } from './output';
import { runningEnvironment } from './stack/running-environment';

/** A person waits. */
const connectTimeoutMs = 5_000;

/** Runs `work` with an open client and closes it. Throws `Service.Unreachable`. */
export async function withClient<T>(output: Output, work: (client: HoldfastClient) => Promise<T>): Promise<T> {
  const app = loadApp(process.env);
  const client = await connect({
    environment: runningEnvironment(output, process.env),
    connectTimeoutMs,
    ...(app && { pipelines: app.pipelines, taskQueue: process.env['HOLDFAST_TASK_QUEUE'] ?? app.taskQueue }),
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
