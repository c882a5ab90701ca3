import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrderStore } from '../../../examples/effects/order-store';
import type { OrderStore } from '../../../examples/effects/order-store';

const order = { customer: 'Ana', article: 'bell', quantity: 2 };
const key = { idempotencyKey: 'run/effect/createOrder#0', inputDigest: 'd1' };
let directory: string;
let store: OrderStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-orders-'));
  store = openOrderStore(join(directory, 'orders.db'));
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

describe('openOrderStore', () => {
  test('the same effect again, also by another process, answers what the first one wrote', () => {
    const other = openOrderStore(join(directory, 'orders.db'));
    const first = store.createOrder(key, order);
    expect(other.createOrder(key, order)).toEqual(first);
    expect(store.undelivered(first.orderId)).toHaveLength(1);
    other.close();
  });

  test('another effect under an old key is refused and writes nothing', () => {
    const { orderId } = store.createOrder(key, order);
    expect(() => store.createOrder({ ...key, inputDigest: 'd2' }, { ...order, quantity: 9 })).toThrow(
      expect.objectContaining({ type: 'Effect.Conflict', nonRetryable: true }) as Error,
    );
    expect(store.undelivered(orderId + 1)).toEqual([]);
  });

  test('what fails in the transaction leaves neither order nor key', () => {
    const fail = (): void => {
      throw new Error('the disk is full');
    };
    expect(() => store.createOrder(key, order, fail)).toThrow('the disk is full');
    expect(store.createOrder(key, order)).toEqual({ orderId: 1 });
  });

  test('a message that was marked is not sent again', () => {
    const { orderId } = store.createOrder(key, order);
    const [message] = store.undelivered(orderId);
    expect(message).toMatchObject({ key: key.idempotencyKey });
    store.markDelivered(message?.id ?? 0);
    expect(store.undelivered(orderId)).toEqual([]);
  });
});
