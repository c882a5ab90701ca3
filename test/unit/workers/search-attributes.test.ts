import type { NativeConnection } from '@temporalio/worker';
import { ensureSearchAttributes } from '../../../src/workers/search-attributes';

const grpc = (code: number, details: string): Error => Object.assign(new Error(details), { code, details });

/** A server that knows the attributes after so many questions, and takes them or not. */
function server({ knownAfter = 0, refuses }: { knownAfter?: number; refuses?: Error }) {
  let asked = 0;
  const added: object[] = [];
  const connection = {
    withDeadline: (_: number, ask: () => Promise<unknown>) => ask(),
    workflowService: {
      countWorkflowExecutions: () =>
        asked++ < knownAfter
          ? Promise.reject(grpc(3, 'invalid search attribute: HoldfastPipeline'))
          : Promise.resolve({}),
    },
    operatorService: {
      addSearchAttributes: (request: object) => {
        added.push(request);
        return refuses === undefined ? Promise.resolve({}) : Promise.reject(refuses);
      },
    },
  };
  return { connection: connection as unknown as NativeConnection, added };
}

describe('ensureSearchAttributes', () => {
  test('asks for nothing where they are known', async () => {
    const { connection, added } = server({});
    expect(await ensureSearchAttributes(connection, 'default')).toEqual({ searchable: true });
    expect(added).toEqual([]);
  });

  test('registers them where they are not', async () => {
    const { connection, added } = server({ knownAfter: 1 });
    expect(await ensureSearchAttributes(connection, 'default')).toEqual({ searchable: true });
    expect(added).toMatchObject([{ namespace: 'default', searchAttributes: { HoldfastPipeline: 2, HoldfastStep: 7 } }]);
  });

  test('a worker that may not says in one line what an operator can type', async () => {
    const { connection } = server({ knownAfter: 2, refuses: grpc(7, 'Request unauthorized.\nat somewhere') });
    const { searchable, warning } = await ensureSearchAttributes(connection, 'prod');
    expect(searchable).toBe(false);
    expect(warning).toBe(
      'namespace prod has no search attributes of Holdfast (Request unauthorized.); to list runs by them, let an operator ' +
        'run: temporal operator search-attribute create --namespace prod --name HoldfastPipeline --type Keyword ' +
        '--name HoldfastTenant --type Keyword --name HoldfastStep --type KeywordList --name HoldfastDegraded --type Bool ' +
        '--name HoldfastCostUsd --type Double --name HoldfastWaitingFor --type KeywordList',
    );
  });

  test('of another type they are as good as missing', async () => {
    const { connection } = server({ knownAfter: 2 });
    expect(await ensureSearchAttributes(connection, 'prod')).toMatchObject({
      searchable: false,
      warning: expect.stringContaining('the server does not show them yet, or knows them with other types'),
    });
  });
});
