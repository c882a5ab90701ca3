/**
 * A worker and a client that share a payload store, and one that has none of its settings: histories as the server keeps
 * them. The tests' own activities `measureText` and `makeText` stand for what a step passes around.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { connect } from '../../../src/client';
import type { HoldfastClient, RunHandle } from '../../../src/client';
import type { RunStatus } from '../../../src/contracts/status';
import { createWorker } from '../../../src/workers';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

export const keys = `k1:${Buffer.alloc(32, 7).toString('base64')}`;

const pipelines = [
  'echo',
  'echoWhenAsked',
  'measureTexts',
  'makeText',
  'grow',
  'growVariables',
  'eachOf',
  'oneStep',
  'failTyped',
].map((name) => ({
  name,
  description: `test pipeline ${name}`,
  parseInput: (value: unknown) => value,
}));

export interface PayloadWorld {
  readonly harness: Harness;
  /** Without store and keys. */
  readonly temporal: Client;
  readonly directory: string;
  /** What workers and clients share. */
  readonly settings: NodeJS.ProcessEnv;
  open(settings?: NodeJS.ProcessEnv): Promise<HoldfastClient>;
  /** Options of a start: all tests share one Temporal. */
  named(name: string): { readonly id: string };
  /** In this process; answers what ends it. */
  startWorker(settings?: NodeJS.ProcessEnv): Promise<() => Promise<void>>;
  waitingForPerson(run: RunHandle): Promise<RunStatus>;
  /** As somebody who has seen what is shown. */
  approve(run: RunHandle): Promise<void>;
  files(): Promise<string[]>;
  /** History as JSON, with the bytes of payloads as text. */
  historyText(workflowId: string): Promise<string>;
  /** As the server counts it. */
  historyBytes(workflowId: string): Promise<number>;
  stop(): Promise<void>;
}

const waitingForPerson = (run: RunHandle): Promise<RunStatus> =>
  eventually('the run waits for a person', async () => {
    const status = await run.status();
    return status.state === 'waitingForPerson' && status;
  });

export async function startPayloadWorld(extra: NodeJS.ProcessEnv = {}): Promise<PayloadWorld> {
  const harness = await startHarness();
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-payloads-'));
  const settings = { HOLDFAST_PAYLOADS: `file:${directory}`, ...extra };
  const native = await NativeConnection.connect({ address: readServices().temporalAddress });
  const clients: HoldfastClient[] = [];
  return {
    harness,
    temporal: harness.temporal,
    directory,
    settings,
    async open(own = settings) {
      const client = await connect({ environment: { ...harness.environment, ...own }, pipelines });
      clients.push(client);
      return client;
    },
    named: (name) => ({ id: `${name}-${randomUUID()}` }),
    async startWorker(own = settings) {
      const worker = await createWorker({
        environment: { ...harness.environment, ...own },
        connection: native,
        activities: {
          measureText: (text: string) => Promise.resolve(text.length),
          makeText: (characters: number) => Promise.resolve('x'.repeat(characters)),
        },
      });
      const running = worker.run();
      return async () => {
        worker.shutdown();
        await running;
      };
    },
    waitingForPerson,
    async approve(run) {
      const { approvals } = await waitingForPerson(run);
      await run.decide('publish', { outcome: 'approved', by: 'ana', digest: approvals[0]?.digest ?? '' });
    },
    async files() {
      const names = await readdir(directory, { recursive: true, withFileTypes: true });
      return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    },
    async historyText(workflowId) {
      const history = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
      return JSON.stringify(history.events, (_, value: unknown) =>
        typeof value === 'string' ? decoded(value) : value,
      );
    },
    async historyBytes(workflowId) {
      const { workflowService, options } = harness.temporal;
      const request = { namespace: options.namespace, execution: { workflowId } };
      const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution(request);
      return Number(workflowExecutionInfo?.historySizeBytes);
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await native.close();
      await harness.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The JSON of a history has bytes in base64. */
function decoded(text: string): string {
  const isBase64 = text.length > 8 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64').toString('latin1') : text;
}

export async function fileTexts(world: PayloadWorld): Promise<string> {
  const files = await Promise.all((await world.files()).map((file) => readFile(file, 'latin1')));
  return files.join('\n');
}
