import { ServiceError } from '@temporalio/client';
import { StartAttributes } from '../../../src/client/start-attributes';

const refused = (code: number): ServiceError =>
  new ServiceError('refused', { cause: Object.assign(new Error('refused'), { code }) });
const run = { pipeline: 'researchReport', tenant: 'acme' };

describe('StartAttributes', () => {
  /** A server that refuses attributes with this code; remembers how many each start carried. */
  function server(code: number | undefined) {
    const carried: number[] = [];
    const start = (attributes: readonly unknown[]): Promise<string> => {
      carried.push(attributes.length);
      return attributes.length > 0 && code !== undefined ? Promise.reject(refused(code)) : Promise.resolve('started');
    };
    return { carried, start };
  }

  test('a start carries all of them where the server takes them', async () => {
    const { carried, start } = server(undefined);
    expect(await new StartAttributes().tried(run, start)).toBe('started');
    expect(carried).toEqual([6]);
  });

  test('where it does not, the run starts without, and so do the next for a minute', async () => {
    let nowMs = 0;
    const attributes = new StartAttributes(() => nowMs);
    const { carried, start } = server(3);
    await attributes.tried(run, start);
    nowMs = 59_999;
    await attributes.tried(run, start);
    nowMs = 60_000;
    await attributes.tried(run, start);
    expect(carried).toEqual([6, 0, 0, 6, 0]);
  });

  test('a start that is wrong in itself is refused as it is, and blamed on nothing else', async () => {
    const attributes = new StartAttributes();
    const wrong = (): Promise<string> => Promise.reject(refused(3));
    await expect(attributes.tried(run, wrong)).rejects.toThrow('refused');
    const { carried, start } = server(undefined);
    await attributes.tried(run, start);
    expect(carried).toEqual([6]);
  });

  test('any other failure is not tried again', async () => {
    const { carried, start } = server(14);
    await expect(new StartAttributes().tried(run, start)).rejects.toThrow('refused');
    expect(carried).toEqual([6]);
  });
});
