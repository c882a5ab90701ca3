/** What the tables of failures have in common: one row is one thing a provider does and the failure it must become. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { failureTypes } from '../../../src/errors/failure-types';
import type { FailureType } from '../../../src/errors/failure-types';
import type { HoldfastError } from '../../../src/errors/holdfast-error';
import type { Timeouts } from '../../../src/contracts/settings';
import { callOf, failureOf, providerOf, timeouts } from './dialects';
import type { Dialect } from './dialects';
import type { Handler, WireServer } from './wire-server';

export { commonRows } from './common-rows';

export interface FailureRow {
  readonly when: string;
  readonly serve: Handler;
  readonly type: FailureType;
  /** After `<dialect>-eastus `. */
  readonly message?: string;
  /** Facts that must stand in `details`; `undefined` ones must not. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly timeouts?: Partial<Timeouts>;
}

/** Ours to find or to decide, whatever the provider does; or, cancelled and lost, only of calls that go on without us. */
const notOfProviders: readonly FailureType[] = [
  'Llm.Cancelled',
  'Llm.Internal',
  'Llm.OutputCut',
  'Llm.ResumeLost',
  'Llm.ToolLoop',
  'Llm.Unsupported',
];

export const providerFailureTypes = failureTypes.filter(
  (type) => type.startsWith('Llm.') && !notOfProviders.includes(type),
);

/** Makes the call and compares everything; also that nothing was sent twice. */
export async function expectFailure(server: WireServer, dialect: Dialect, row: FailureRow): Promise<void> {
  server.answerWith(row.serve);
  const call = callOf({ timeouts: { ...timeouts, ...row.timeouts } });
  const failure = (await failureOf(providerOf(dialect, server.url).call(call))) as HoldfastError;

  const name = `${dialect.name}-eastus`;
  expect({ type: failure.type, message: failure.message }).toEqual({
    type: row.type,
    message: row.message === undefined ? failure.message : `${name} ${row.message}`,
  });
  const { provider } = dialect.endpoint;
  const expected = { provider, endpoint: name, model: expect.any(String) as unknown, ...row.details };
  const facts = Object.keys(expected).map((fact) => [fact, failure.details[fact]]);
  expect(Object.fromEntries(facts)).toEqual(expected);
  expect(server.requests).toHaveLength(1);
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
