/** A holder as a process: wishes come at its share of the load, whatever becomes of those before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/simulator/random';
import { drawWish } from './account';
import { Holder } from './holder';
import { makeCall, warmUp } from './make-call';
import type { Caller } from './make-call';
import type { Answer, HolderOrder, Order } from './messages';
import { openEngine } from './open-engine';

const order = JSON.parse(process.argv[2] as string) as HolderOrder;
const answer = (message: Answer): void => void process.send?.(message);
let isDraining = false;
let watched: number | null = null;

async function main(): Promise<void> {
  const { name, seed, configFile, redisUrl, callsPerSecond } = order;
  const holder = new Holder();
  const engine = await openEngine({ configFile, redisUrl, id: name });
  const random = createRandom(seed, 'holder', name);
  // Sizes and arrivals must not depend on how often something else was drawn.
  const chance = createRandom(seed, 'chance', name);
  const caller: Caller = { engine, holder, random: () => chance.next(), isDraining: () => isDraining };
  await warmUp(caller, drawWish(chance));
  process.on('message', (order: Order) => obey(order, holder));
  answer({ kind: 'ready' });
  for (let number = 1; !isDraining; number += 1) {
    // Poisson arrivals. Those that a stopped process has missed do not come later.
    await sleep((-Math.log(1 - random.next()) * 1_000) / callsPerSecond);
    makeCall(caller, `${name}-${number}`, drawWish(random)).catch(fail);
  }
}

function obey(order: Order, holder: Holder): void {
  switch (order.kind) {
    case 'look':
      answer({ kind: 'look', id: order.id, look: holder.look() });
      return;
    case 'drain':
      isDraining = true;
      return;
    case 'watch':
      watched = order.pid;
      return;
  }
}

function fail(error: unknown): void {
  if (process.env['HOLDFAST_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  answer({ kind: 'failed', message: String(error) });
}

// Whoever started us is gone; a process that stands still cannot find that out by itself.
process.on('disconnect', () => {
  try {
    if (watched !== null) process.kill(watched, 'SIGKILL');
  } catch {
    // It has ended already.
  }
  process.exit();
});
main().catch(fail);
