import { lockStack } from './dev-lock';
import type { RunningStack, StackAddresses } from './dev-lock';
import { createStack } from './stack';
import type { Stack } from './stack';

export interface DevStack extends Stack {
  /** Tells other commands of this clone where the services are. */
  publish(addresses: StackAddresses): void;
}

export type DevStackAnswer =
  { readonly kind: 'opened'; readonly stack: DevStack } | { readonly kind: 'running'; readonly running: RunningStack };

/**
 * The stack of this clone: a `Stack` under a lock, which `stop` frees once all its processes have ended.
 * @param dir folder of the stack, e.g. `.holdfast/dev`
 * @returns the stack, or the one that runs already: a caller then uses its addresses or says that it runs
 */
export async function openDevStack(dir: string): Promise<DevStackAnswer> {
  const answer = await lockStack(dir);
  if (answer.kind === 'running') return answer;
  const { lock } = answer;
  try {
    const stack = await createStack();
    lock.setGuard(stack.guardPid);
    return {
      kind: 'opened',
      stack: {
        ...stack,
        publish: (addresses) => lock.publish(addresses),
        async stop() {
          await stack.stop();
          lock.release();
        },
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
