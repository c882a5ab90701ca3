import { createLogger } from '../../../src/observability/logger';
import { redact } from '../../../src/security/redact';
import { HoldfastError } from '../../../src/errors';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  write(createLogger({ name: 'test', level: 'debug', redact, destination }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const key = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789';

describe('createLogger', () => {
  test('writes one JSON object per line, with its fields, level and time', () => {
    const [line] = logged((logger) => logger.info({ workflowId: 'w', step: 'research.outline' }, 'model answered'));
    expect(line).toMatchObject({
      level: 'info',
      name: 'test',
      workflowId: 'w',
      step: 'research.outline',
      msg: 'model answered',
    });
    expect(line?.['time']).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/);
  });

  test.each<[string, (logger: ReturnType<typeof createLogger>) => void]>([
    ['a message', (logger) => logger.info(`calling with ${key}`)],
    ['a field', (logger) => logger.info({ header: `Bearer ${key}` }, 'x')],
    ['a field called password', (logger) => logger.info({ password: 'hunter2-but-longer' }, 'x')],
    ['a field deep inside', (logger) => logger.info({ a: { b: [{ apiKey: key }] } }, 'x')],
    ['a binding', (logger) => logger.child({ authorization: key }).info('x')],
    ['the message of an error', (logger) => logger.error({ error: new Error(`refused ${key}`) }, 'x')],
    ['the stack of an error', (logger) => logger.error(new Error(`refused ${key}`))],
    ['the cause of an error', (logger) => logger.error({ err: new Error('x', { cause: new Error(key) }) }, 'x')],
    [
      'the details of an error',
      (logger) => logger.error({ err: new HoldfastError('Llm.Authentication', 'x', { note: key }) }, 'x'),
    ],
  ])('takes a secret out of %s', (_, write) => {
    const text = JSON.stringify(logged(write));
    expect(text).toContain('[redacted:');
    expect(text).not.toContain(key);
    expect(text).not.toContain('hunter2');
  });

  test('an error keeps its type, and only the fields that are known to be harmless', () => {
    const error = Object.assign(new HoldfastError('Llm.Overloaded', 'busy'), {
      request: { headers: { authorization: 'x' } },
    });
    const [line] = logged((logger) => logger.error({ error }, 'call failed'));
    expect(line?.['error']).toMatchObject({ type: 'Llm.Overloaded', message: 'busy' });
    expect(line?.['error']).not.toHaveProperty('request');
  });

  test('an error that causes itself does not hang the logger', () => {
    const error = new Error('ring');
    error.cause = error;
    expect(logged((logger) => logger.error({ error }, 'x'))).toHaveLength(1);
  });
});
