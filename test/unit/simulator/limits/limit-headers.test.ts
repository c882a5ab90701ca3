import { limitHeaders } from '../../../../src/simulator/wire/limit-headers';

const nowMs = Date.UTC(2026, 10, 5, 12);
const readings = {
  rpm: { limit: 480, remaining: 79, fullInMs: 9_400 },
  tpm: { limit: 80_000, remaining: 61_353, fullInMs: 55_001 },
};

describe('openai', () => {
  const { ofState, ofRetry } = limitHeaders.openai;

  test('exact numbers, times to full as Go durations', () => {
    expect(ofState(readings, nowMs)).toMatchObject({
      'x-ratelimit-limit-requests': '480',
      'x-ratelimit-remaining-requests': '79',
      'x-ratelimit-reset-requests': '9.4s',
      'x-ratelimit-limit-tokens': '80000',
      'x-ratelimit-remaining-tokens': '61353',
      'x-ratelimit-reset-tokens': '55.001s',
    });
  });

  test('shows the requests of the day where those of the minute are not limited', () => {
    const rpd = { limit: 200, remaining: 1, fullInMs: 3_600_000 };
    expect(ofState({ rpd }, nowMs)).toMatchObject({
      'x-ratelimit-limit-requests': '200',
      'x-ratelimit-reset-requests': '1h0m0s',
    });
    expect(ofState({ ...readings, rpd }, nowMs)['x-ratelimit-limit-requests']).toBe('480');
  });

  test('says nothing of a unit without a limit', () => {
    expect(Object.keys(ofState({ rpm: readings.rpm }, nowMs)).some((name) => name.endsWith('tokens'))).toBe(false);
  });

  test('asks to wait whole seconds, at least one', () => {
    expect(ofRetry(1_001)).toEqual({ 'retry-after': '2' });
    expect(ofRetry(3)).toEqual({ 'retry-after': '1' });
  });
});

describe('azure', () => {
  const { ofState, ofRetry } = limitHeaders.azure;

  test('OpenAI’s names, times to full in whole seconds', () => {
    expect(ofState(readings, nowMs)).toEqual({
      'x-ratelimit-limit-requests': '480',
      'x-ratelimit-remaining-requests': '79',
      'x-ratelimit-reset-requests': '10',
      'x-ratelimit-limit-tokens': '80000',
      'x-ratelimit-remaining-tokens': '61353',
      'x-ratelimit-reset-tokens': '56',
    });
  });

  test('−1 for everything about a unit without a limit', () => {
    expect(ofState({ rpm: readings.rpm }, nowMs)).toMatchObject({
      'x-ratelimit-limit-requests': '480',
      'x-ratelimit-limit-tokens': '-1',
      'x-ratelimit-remaining-tokens': '-1',
      'x-ratelimit-reset-tokens': '-1',
    });
  });

  test('asks to wait in milliseconds and in seconds', () => {
    expect(ofRetry(1_500.2)).toEqual({ 'retry-after-ms': '1501', 'retry-after': '2' });
  });
});

describe('anthropic', () => {
  const { ofState, ofRetry } = limitHeaders.anthropic;
  const inputTpm = { limit: 40_000, remaining: 12_499, fullInMs: 30_000 };
  const outputTpm = { limit: 8_000, remaining: 501, fullInMs: 59_500 };

  test('input, output and their sum, remaining rounded to the nearest thousand, resets in RFC 3339', () => {
    expect(ofState({ rpm: readings.rpm, inputTpm, outputTpm }, nowMs)).toEqual({
      'anthropic-organization-id': 'org-simulated',
      'anthropic-ratelimit-requests-limit': '480',
      'anthropic-ratelimit-requests-remaining': '79',
      'anthropic-ratelimit-requests-reset': '2026-11-05T12:00:10Z',
      'anthropic-ratelimit-input-tokens-limit': '40000',
      'anthropic-ratelimit-input-tokens-remaining': '12000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-05T12:00:30Z',
      'anthropic-ratelimit-output-tokens-limit': '8000',
      'anthropic-ratelimit-output-tokens-remaining': '1000',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-05T12:01:00Z',
      'anthropic-ratelimit-tokens-limit': '48000',
      'anthropic-ratelimit-tokens-remaining': '13000',
      'anthropic-ratelimit-tokens-reset': '2026-11-05T12:01:00Z',
    });
  });

  test('tpm is a limit on input, and of two the one with less left is shown', () => {
    const shown = (given: Parameters<typeof ofState>[0]): string | undefined =>
      ofState(given, nowMs)['anthropic-ratelimit-input-tokens-limit'];
    expect(shown({ tpm: readings.tpm })).toBe('80000');
    expect(shown({ tpm: readings.tpm, inputTpm })).toBe('40000');
    expect(shown({ tpm: { ...readings.tpm, remaining: 5 }, inputTpm })).toBe('80000');
  });

  test('asks to wait whole seconds', () => {
    expect(ofRetry(59_000.5)).toEqual({ 'retry-after': '60' });
  });
});

describe('none', () => {
  test('tells nothing', () => {
    expect(limitHeaders.none.ofState(readings, nowMs)).toEqual({});
    expect(limitHeaders.none.ofRetry(5_000)).toEqual({});
  });
});
