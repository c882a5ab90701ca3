import { InputError, readEndpoint } from '../../../../src/simulator';
import { readLimits } from '../../../../src/simulator/limits/limit-settings';
import { anthropicEndpoint, openAiEndpoint, startTestSimulator } from '../harness';

describe('readLimits', () => {
  test.each([
    [{ rpm: 60, tpm: 1_000, concurrency: 2 }],
    [{ inputTpm: 1, outputTpm: 2, rpd: 3 }],
    [{ rpm: 600, window: { requests: 'judged1s', tokens: 'fixedMinute' } }],
    [{ rpm: 606, window: { requests: 'judged10s' } }],
    [{ outputTpm: 5, reservesOutput: true }],
    [{ tpm: 5, refundsOutput: true, reservesOutput: false }],
    [{ window: {} }],
  ])('%j is what it says', (limits) => {
    expect(readLimits(limits, 'limits')).toEqual(limits);
  });

  test('one kind of window stands for requests and tokens', () => {
    expect(readLimits({ rpm: 7, window: 'bucket10s' }, 'limits')).toEqual({
      rpm: 7,
      window: { requests: 'bucket10s', tokens: 'bucket10s' },
    });
  });

  test.each([
    [{ rpm: 0 }, 'limits.rpm: expected a whole number of at least 1, got 0'],
    [{ inputTpm: 1.5 }, 'limits.inputTpm: expected a whole number of at least 1, got 1.5'],
    [{ rpd: '9' }, 'limits.rpd: expected a whole number of at least 1, got "9"'],
    [{ outputTpm: null }, 'limits.outputTpm: expected a whole number of at least 1, got null'],
    [
      { rpw: 1 },
      'limits.rpw: unknown field; known are rpm, tpm, inputTpm, outputTpm, rpd, concurrency, window, reservesOutput, refundsOutput',
    ],
    [
      { window: 'judged1s' },
      'limits.window: expected one of slidingMinute, fixedMinute, bucket1s, bucket10s, bucket60s, got "judged1s"',
    ],
    [
      { window: { tokens: 'judged10s' } },
      'limits.window.tokens: expected one of slidingMinute, fixedMinute, bucket1s, bucket10s, bucket60s, got "judged10s"',
    ],
    [
      { window: { requests: 'hourly' } },
      'limits.window.requests: expected one of slidingMinute, fixedMinute, bucket1s, bucket10s, bucket60s, judged1s, judged10s, got "hourly"',
    ],
    [{ window: { rpm: 'bucket1s' } }, 'limits.window.rpm: unknown field; known are requests, tokens'],
    [
      { rpm: 100, window: { requests: 'judged1s' } },
      'limits.rpm: expected a multiple of 60 where requests are judged1s, got 100',
    ],
    [
      { rpm: 100, window: { requests: 'judged10s' } },
      'limits.rpm: expected a multiple of 6 where requests are judged10s, got 100',
    ],
    [{ reservesOutput: true }, 'limits.reservesOutput: needs a limit outputTpm'],
    [{ refundsOutput: true, inputTpm: 5 }, 'limits.refundsOutput: needs a limit tpm'],
    [{ tpm: 5, refundsOutput: 'yes' }, 'limits.refundsOutput: expected true or false, got "yes"'],
  ])('refuses %j', (limits, message) => {
    expect(() => readLimits(limits, 'limits')).toThrow(new InputError('', message));
  });
});

describe('readEndpoint', () => {
  test('headers and tokenizer are the provider’s own and exact unless said otherwise', () => {
    expect(readEndpoint('x', openAiEndpoint)).toMatchObject({
      headers: 'openai',
      tokenizer: { bias: 0, spread: 0 },
      limits: {},
    });
    expect(readEndpoint('x', anthropicEndpoint)).toMatchObject({ headers: 'anthropic' });
    const changed = { ...openAiEndpoint, headers: 'azure', tokenizer: { bias: -0.1 } } as const;
    expect(readEndpoint('x', changed)).toMatchObject({ headers: 'azure', tokenizer: { bias: -0.1, spread: 0 } });
  });

  test.each([
    [{ ...openAiEndpoint, headers: 'anthropic' }, 'headers: expected one of openai, azure, none, got "anthropic"'],
    [{ ...anthropicEndpoint, headers: 'azure' }, 'headers: expected one of anthropic, none, got "azure"'],
    [{ ...openAiEndpoint, tokenizer: { bias: 0.6 } }, 'tokenizer.bias: expected a number from -0.5 to 0.5, got 0.6'],
    [{ ...openAiEndpoint, tokenizer: { spread: -0.1 } }, 'tokenizer.spread: expected a number from 0 to 0.5, got -0.1'],
    [{ ...openAiEndpoint, tokenizer: { skew: 1 } }, 'tokenizer.skew: unknown field; known are bias, spread'],
    [{ ...openAiEndpoint, limits: { window: 5 } }, 'limits.window: expected one of'],
  ])('refuses %j', (endpoint, message) => {
    expect(() => readEndpoint('x', endpoint)).toThrow(message);
  });
});

describe('PUT endpoints', () => {
  test('answers a wrong limit with one line that names it', async () => {
    const { control } = await startTestSimulator();
    const put = control.putEndpoint('x', { ...openAiEndpoint, limits: { rpm: 61, window: { requests: 'judged1s' } } });
    await expect(put).rejects.toThrow(
      'simulator: PUT /control/endpoints/x: limits.rpm: expected a multiple of 60 where requests are judged1s, got 61',
    );
  });

  test('shows the limits as they were read', async () => {
    const { control } = await startTestSimulator();
    const put = await control.putEndpoint('x', { ...openAiEndpoint, limits: { rpm: 60, window: 'fixedMinute' } });
    expect(put.limits).toEqual({ rpm: 60, window: { requests: 'fixedMinute', tokens: 'fixedMinute' } });
  });
});
