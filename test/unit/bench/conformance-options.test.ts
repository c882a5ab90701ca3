import { cases } from '../../../bench/conformance/cases';
import { runsOf } from '../../../bench/conformance/case';
import { isWanted, parseOptions } from '../../../bench/conformance/options';
import { targets } from '../../../bench/conformance/targets';

describe('parseOptions', () => {
  test.each([
    [['--only', '('], '--only is "("; it must be a regular expression over ids such as "status/"'],
    [['--provider', 'open'], '--provider is "open"; it must be one of openai/chat, openai/responses, '],
    [['--source', 'real'], '--source is "real"; it must be one of simulator, aimock, wire'],
    [['--seed', 'x'], '--seed is "x"; it must be a whole number from 0'],
    [['--seed='], '--seed is ""; it must be a whole number from 0'],
    [['--concurrency', '0'], '--concurrency is "0"; it must be a whole number from 1'],
    [['--fast'], "Unknown option '--fast'"],
    [['extra'], "Unexpected argument 'extra'"],
  ])('refuses %j in one line that ends with the usage', (args, message) => {
    const parse = (): unknown => parseOptions(args);
    expect(parse).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
    expect(parse).toThrow(/^[^\n]+\. Usage: npm run conformance[^\n]+$/);
    expect(parse).toThrow(message);
  });

  test('plays everything unless told otherwise', () => {
    expect(parseOptions([])).toEqual({ isJson: false, seed: 1, concurrency: 12, isWritingDocs: false });
  });
});

describe('isWanted', () => {
  const wanted = (...args: string[]) => {
    const options = parseOptions(args);
    return runsOf(cases, targets).filter((run) => isWanted(run, options));
  };

  test('takes a provider with all its wire formats, and not one that only begins alike', () => {
    expect(new Set(wanted('--provider', 'openai').map(({ target }) => target.name))).toEqual(
      new Set(['openai/chat', 'openai/responses']),
    );
  });

  test('takes one wire format', () => {
    expect(new Set(wanted('--provider', 'openai/chat').map(({ target }) => target.name))).toEqual(
      new Set(['openai/chat']),
    );
  });

  test('takes what all options together allow', () => {
    const runs = wanted('--only', '^wait/', '--provider', 'anthropic', '--source', 'simulator');
    expect(runs.length).toBeGreaterThan(20);
    expect(runs.every((run) => run.case.id.startsWith('wait/') && run.source === 'simulator')).toBe(true);
  });
});
