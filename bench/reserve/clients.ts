/** The client processes: started once, told in step what to do. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Order, SliceAnswer } from './messages';

export interface Clients {
  /** Tells the first `count` clients, each what `order` answers for its index, and waits until all have done it. */
  tell(count: number, order: (index: number) => Order): Promise<readonly (SliceAnswer | undefined)[]>;
  end(): void;
}

/** They end with this process, however it ends: their channel closes. */
export async function startClients(url: string, count: number): Promise<Clients> {
  const children = Array.from({ length: count }, () =>
    fork(join(__dirname, 'client.ts'), [url], { stdio: ['ignore', 2, 2, 'ipc'] }),
  );
  const end = (): void => children.forEach((child) => void child.kill());
  try {
    await Promise.all(children.map(nextAnswer));
  } catch (error) {
    end();
    throw error;
  }
  const tell = (count: number, order: (index: number) => Order): Promise<(SliceAnswer | undefined)[]> =>
    Promise.all(
      children.slice(0, count).map((child, index) => {
        const answer = nextAnswer(child);
        child.send(order(index));
        return answer;
      }),
    );
  return { tell, end };
}

async function nextAnswer(child: ChildProcess): Promise<SliceAnswer | undefined> {
  const answer = await new Promise<Answer>((resolve) => {
    const take = (answer: Answer): void => {
      child.off('message', take).off('exit', fail);
      resolve(answer);
    };
    const fail = (): void => take({ kind: 'failed', message: `client process ${child.pid} has ended` });
    child.on('message', take).on('exit', fail);
  });
  if (answer.kind === 'failed') throw new Error(answer.message);
  return answer.slice;
}
