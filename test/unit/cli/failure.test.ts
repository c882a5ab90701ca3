import { exitCodeOf, exitCodes } from '../../../src/cli/exit-codes';
import { failureOf, formatFailure, Interrupted, UsageError, usageText } from '../../../src/cli/failure';
import { HoldfastError } from '../../../src/errors';

describe('exitCodeOf', () => {
  test.each([
    ['Pipeline.Failed', 1],
    ['Llm.Overloaded', 1],
    ['Pipeline.Unknown', 2],
    ['Pipeline.InvalidInput', 2],
    ['Pipeline.AlreadyStarted', 2],
    ['Pipeline.NotFound', 2],
    ['Approval.NotWaiting', 2],
    ['Approval.Malformed', 2],
    ['Config.Invalid', 2],
    ['Service.Unreachable', 3],
    ['Capacity.StoreUnavailable', 3],
    ['Capacity.Overloaded', 4],
    ['constructor', 1],
  ])('%s ends with %i', (type, code) => {
    expect(exitCodeOf(type)).toBe(code);
  });
});

describe('failureOf', () => {
  test('keeps type and message of a typed error', () => {
    expect(failureOf(new HoldfastError('Config.Invalid', 'x.yaml: pools: is missing'))).toEqual({
      type: 'Config.Invalid',
      message: 'x.yaml: pools: is missing',
      exitCode: exitCodes.usage,
    });
  });

  test('calls wrong arguments wrong usage', () => {
    expect(failureOf(new UsageError('--port: expected a number'))).toMatchObject({
      type: 'Usage.Invalid',
      exitCode: 2,
    });
  });

  test('takes the exit code of an interruption from its cause', () => {
    expect(failureOf(new Interrupted(143))).toMatchObject({ exitCode: 143 });
  });

  test.each([[new TypeError('x is not a function')], ['x is not a function']])(
    'calls anything else a defect of ours, and says how to see more: %p',
    (thrown) => {
      const failure = failureOf(thrown);
      expect(failure).toMatchObject({ type: 'Llm.Internal', exitCode: 1 });
      expect(failure.message).toContain('x is not a function');
      expect(failure.message).toContain('HOLDFAST_DEBUG=1');
    },
  );
});

describe('formatFailure', () => {
  test('is one line with type and message', () => {
    const line = formatFailure({ type: 'Service.Unreachable', message: 'Redis does not answer', exitCode: 3 });
    expect(line).toBe('holdfast: Service.Unreachable: Redis does not answer');
  });

  test('indents what a message says on further lines', () => {
    const text = formatFailure({ type: 'Config.Invalid', message: 'a: wrong\nb: wrong', exitCode: 2 });
    expect(text).toBe('holdfast: Config.Invalid: a: wrong\n  b: wrong');
  });
});

describe('usageText', () => {
  test('makes one line of a complaint and its suggestion', () => {
    expect(usageText("error: unknown option '--onc'\n(Did you mean --once?)")).toBe(
      "unknown option '--onc' (Did you mean --once?); --help shows what there is",
    );
  });
});
