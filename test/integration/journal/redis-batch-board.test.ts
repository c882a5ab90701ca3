import type { BatchQuestion } from '../../../src/contracts/batch';
import type { BatchBoard } from '../../../src/journal/batch-board';
import { createRedisBatchBoard } from '../../../src/journal/redis-batch-board';
import type { RedisBatchBoardOptions } from '../../../src/journal/redis-batch-board';
import { cipherWith, useRedis } from './open-redis';

const redis = useRedis();
const ttlMs = 60_000;
const open = (options: Partial<RedisBatchBoardOptions> = {}): BatchBoard =>
  createRedisBatchBoard({ redis: redis.current.redis, keyPrefix: redis.current.keyPrefix, ttlMs, ...options });

const queue = 'holdfast-batch:tq:mini';
const all = { questions: 100, bytes: 1_000 };
const due = (key: string, bytes = 10) => ({ key, bytes, dueInMs: 0 });
const question: BatchQuestion = {
  id: { runKey: 'r', step: 's', occurrence: 0, tier: 0, callIndex: 0 },
  journalKey: 'j',
  tenant: 'acme',
  request: { messages: [{ role: 'user', content: 'canary' }], parameters: { maxOutputTokens: 10 } },
  waiter: 'w',
};

async function fill(board: BatchBoard, ...keys: string[]): Promise<void> {
  for (const key of keys) await board.enqueue(queue, due(key));
}

describe('createRedisBatchBoard', () => {
  test('takes what is due, in its order, once; who asks again learns the same', async () => {
    const board = open();
    await fill(board, 'a', 'b');
    expect(await board.take(queue, 'one', all)).toEqual({ kind: 'taken', count: 2 });
    await fill(board, 'c');
    expect(await board.take(queue, 'one', all)).toEqual({ kind: 'taken', count: 2 });
    expect(await board.keysOf(queue, 'one')).toEqual(['a', 'b']);
    expect(await board.take(queue, 'two', all)).toEqual({ kind: 'taken', count: 1 });
    expect(await board.take(queue, 'three', all)).toEqual({ kind: 'empty' });
  });

  test('waits for the first that is due, unless there is a full load', async () => {
    const board = open();
    expect(await board.enqueue(queue, { ...due('a'), dueInMs: 30_000 })).toEqual({
      kind: 'queued',
      isFirst: true,
      count: 1,
    });
    expect(await board.enqueue(queue, { ...due('b'), dueInMs: 60_000 })).toMatchObject({ isFirst: false, count: 2 });
    const taken = await board.take(queue, 'one', all);
    expect(taken).toEqual({ kind: 'wait', inMs: expect.any(Number), count: 2 });
    expect((taken as { inMs: number }).inMs).toBeLessThanOrEqual(30_000);
    expect(await board.take(queue, 'one', { ...all, questions: 2 })).toEqual({ kind: 'taken', count: 2 });
  });

  test.each([
    ['questions', { ...all, questions: 2 }, 2],
    ['bytes', { ...all, bytes: 25 }, 2],
    ['bytes, but one at least', { ...all, bytes: 1 }, 1],
  ])('takes no more %s than a batch may have', async (_what, limits, count) => {
    const board = open();
    await fill(board, 'a', 'b', 'c');
    expect(await board.take(queue, 'one', limits)).toEqual({ kind: 'taken', count });
  });

  test('a question is in the queue or in one batch, until that is closed', async () => {
    const board = open();
    await fill(board, 'a', 'a');
    await board.take(queue, 'one', all);
    expect(await board.enqueue(queue, due('a'))).toEqual({ kind: 'batch', batch: 'one' });
    expect(await board.take(queue, 'two', all)).toEqual({ kind: 'empty' });
    await board.close(queue, 'one');
    expect(await board.enqueue(queue, due('a'))).toMatchObject({ kind: 'queued' });
  });

  test('who leaves the queue is not sent; who leaves a batch counts, and the last one says so', async () => {
    const board = open();
    await fill(board, 'a', 'b', 'c', 'd');
    expect(await board.leave(queue, 'a')).toEqual({ kind: 'removed' });
    await board.take(queue, 'one', all);
    expect(await board.leave(queue, 'b')).toEqual({ kind: 'left', batch: 'one', isAll: false });
    // Taken out before the batch went off: it is nobody who left any more.
    await board.exclude(queue, 'one', ['b']);
    expect(await board.leave(queue, 'c')).toEqual({ kind: 'left', batch: 'one', isAll: false });
    expect([...(await board.waitedFor(queue, 'one'))]).toEqual(['d']);
    expect(await board.leave(queue, 'd')).toEqual({ kind: 'left', batch: 'one', isAll: true });
    expect(await board.leave(queue, 'none')).toEqual({ kind: 'unknown' });
    // Asked for again, after a reset.
    await board.enqueue(queue, due('d'));
    expect([...(await board.waitedFor(queue, 'one'))]).toEqual(['d']);
  });

  test('keeps questions, failures and records, sealed where there is a key', async () => {
    const board = open({ cipher: cipherWith(['a']) });
    await board.putQuestion('k', question);
    expect(await board.question('k')).toEqual(question);
    const text = await redis.current.redis.get(`${redis.current.keyPrefix}batch-question:k`);
    expect(text).not.toContain('canary');
    await board.dropQuestion('k');
    expect(await board.question('k')).toBeUndefined();
    const failure = { type: 'Llm.Timeout', message: 'late', details: {} } as const;
    await board.putFailure('k', failure);
    expect(await board.failure('k')).toEqual(failure);
    expect(await board.record(queue, 'one')).toMatchObject({ state: 'formed', again: 0 });
  });

  test('a damaged question is told as such', async () => {
    await redis.current.redis.set(`${redis.current.keyPrefix}batch-question:k`, '{"id":1}');
    await expect(open().question('k')).rejects.toMatchObject({ type: 'Journal.Unreadable' });
  });
});
