/** The processes of the benchmark: each takes several orders at a time. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Numbered, Order } from './messages';

/** They end with this process, however it ends: their channel closes. */
export class BenchProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;

  constructor() {
    this.child = fork(join(__dirname, 'client.ts'), { stdio: ['ignore', 2, 2, 'ipc'] });
    this.child.on('message', (answer: Answer) => this.waiting.get(answer.id)?.(answer));
    this.child.on('exit', () => {
      for (const [id, answer] of this.waiting) answer({ id, kind: 'failed', message: 'the process has ended' });
    });
  }

  async tell(order: Order): Promise<Exclude<Answer, { kind: 'failed' }>> {
    const id = ++this.lastId;
    const answer = await new Promise<Answer>((resolve) => {
      this.waiting.set(id, resolve);
      this.child.send({ id, ...order } satisfies Numbered<Order>);
    });
    this.waiting.delete(id);
    if (answer.kind === 'failed') throw new Error(`${order.kind}: ${answer.message}`);
    return answer;
  }

  end(): void {
    this.child.kill();
  }
}
