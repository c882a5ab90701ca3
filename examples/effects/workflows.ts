/** Pipelines whose effects happen once, whatever dies meanwhile. In a project of your own import from `holdfast/workflow`. */
import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Effects } from '../../src/workflows/public';
import { approval, each, proxyEffects } from '../../src/workflows/public';
import type { ImportedPrices, Order, OrderActivities, PriceFile } from './orders';

/** The database belongs to a service of its own, with a queue of its own. */
function orderService(): Effects<OrderActivities> {
  return proxyEffects<OrderActivities>({
    taskQueue: `${workflowInfo().taskQueue}-orders`,
    startToCloseTimeout: '10 minutes',
    // How soon the death of a worker shows.
    heartbeatTimeout: '1 second',
    retry: { initialInterval: '200ms', maximumInterval: '10 seconds' },
  });
}

/** One order and its message. With `ask`, a person is asked in between. */
export async function placeOrder(input: { order: Order; ask?: boolean }): Promise<{ orderId: number }> {
  const { createOrder, deliverMessages } = orderService();
  const placed = await createOrder(input.order);
  if (input.ask === true) await approval('send', { title: `Send order ${placed.orderId}?`, show: input.order });
  await deliverMessages({ orderId: placed.orderId });
  return placed;
}

/** Orders side by side: each is named by what it is for, not by when its turn comes. */
export async function placeOrders(input: { orders: readonly Order[] }): Promise<number[]> {
  const { createOrder } = orderService();
  return each(input.orders, async (order, index) => {
    const call = { key: `order ${index}`, summary: `order for ${order.customer}` };
    return (await createOrder.with(call, order)).orderId;
  });
}

/** The same order once per run of the chain: these are several orders. */
export async function orderAgain(input: { order: Order; times: number; orderIds?: number[] }): Promise<number[]> {
  const { orderId } = await orderService().createOrder(input.order);
  const orderIds = [...(input.orderIds ?? []), orderId];
  if (input.times > 1) await continueAsNew<typeof orderAgain>({ ...input, times: input.times - 1, orderIds });
  return orderIds;
}

export function importPriceList(input: PriceFile): Promise<ImportedPrices> {
  return orderService().importPrices.with({ summary: input.file }, input);
}
