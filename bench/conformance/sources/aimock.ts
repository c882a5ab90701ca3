/** `@copilotkit/aimock`, somebody else's reading of the same wire formats: a server of its own for each run. */
import { LLMock } from '@copilotkit/aimock';
import { setTimeout as pause } from 'node:timers/promises';
import type { Evidence, Stage } from './stage';

type Response = Parameters<LLMock['on']>[1];
type Options = NonNullable<Parameters<LLMock['on']>[2]>;

export interface AimockReply {
  readonly response: Exclude<Response, (...args: never[]) => unknown>;
  readonly options?: Options;
}

const pollMs = 5;

export async function openAimockStage({ response, options }: AimockReply): Promise<Stage> {
  // Its log would stand between the lines of the report.
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
  mock.on({}, response, options);
  await mock.start();
  return {
    root: mock.url,
    arrived: async () => {
      while (mock.getRequests().length === 0) await pause(pollMs);
    },
    inspect: (): Promise<Evidence> => {
      const requests = mock.getRequests();
      const matched = requests.filter((entry) => entry.response.fixture !== null);
      // It does not say when a client has gone; and it keeps requests as it understood them, not as they were sent.
      return Promise.resolve({ requests: requests.length, struck: matched.length, isClosed: true });
    },
    close: () => mock.stop(),
  };
}
