import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { Http2Server, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { temporal } from '@temporalio/proto';

const program = resolve(__dirname, '../../../deploy/worker-health.cjs');
const { DescribeTaskQueueRequest, DescribeTaskQueueResponse } = temporal.api.workflowservice.v1;

let server: Http2Server;
let address: string;
let pollers: temporal.api.taskqueue.v1.IPollerInfo[];
let asked: temporal.api.workflowservice.v1.DescribeTaskQueueRequest | undefined;

/** A Temporal that knows who polls. */
beforeEach(async () => {
  pollers = [];
  asked = undefined;
  server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const isDescribe = headers[':path']?.endsWith('/DescribeTaskQueue');
      if (isDescribe) asked = DescribeTaskQueueRequest.decode(Buffer.concat(chunks).subarray(5));
      const message = isDescribe ? DescribeTaskQueueResponse.encode({ pollers }).finish() : new Uint8Array();
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.concat([head, message]));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
});

async function check(more: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; said: string }> {
  const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'prod', HOME: '/nonexistent', ...more };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

const polledAgo = (seconds: number): { seconds: never } => ({
  seconds: (Math.floor(Date.now() / 1_000) - seconds) as never,
});

describe('worker-health.cjs', () => {
  test('is content when the worker of this container polls', async () => {
    pollers = [
      { identity: '1@other-container', lastAccessTime: polledAgo(0) },
      { identity: `7@${hostname()}`, lastAccessTime: polledAgo(60) },
    ];
    expect(await check({ HOLDFAST_TASK_QUEUE: 'reports' })).toEqual({ code: 0, said: '' });
    expect(asked).toMatchObject({ namespace: 'prod', taskQueue: { name: 'reports' } });
  });

  test.each<[string, () => temporal.api.taskqueue.v1.IPollerInfo[], RegExp]>([
    ['nobody polls', () => [], /no worker of .* polls the task queue "holdfast"/],
    ['only another container polls', () => [{ identity: '1@other', lastAccessTime: polledAgo(0) }], /no worker of/],
    [
      'the worker has stopped polling',
      () => [{ identity: `1@${hostname()}`, lastAccessTime: polledAgo(200) }],
      /has not polled for 20\d s/,
    ],
  ])('complains in one line when %s', async (_, who, message) => {
    pollers = who();
    const { code, said } = await check();
    expect(said).toMatch(message);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  });

  test('complains when Temporal cannot be reached', async () => {
    await new Promise((done) => server.close(done));
    expect(await check()).toMatchObject({ code: 1, said: expect.stringMatching(/^unhealthy: /) });
  });
});
