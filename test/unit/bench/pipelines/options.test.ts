import { parseOptions } from '../../../../bench/pipelines/options';

const known = ['researchReport', 'supportReply'];

describe('parseOptions', () => {
  test('runs everything, in full, with a seed of its own', () => {
    expect(parseOptions([], known, () => 0.5)).toEqual({ isJson: false, only: [], isQuick: false, seed: 2 ** 30 });
  });

  test('takes every option', () => {
    const args = ['--json', '--quick', '--only', 'supportReply, researchReport', '--seed', '7'];
    const only = ['supportReply', 'researchReport'];
    expect(parseOptions(args, known)).toEqual({ isJson: true, only, isQuick: true, seed: 7 });
  });

  test.each([
    [['--only', 'supportreply'], '--only names "supportreply"; there are researchReport, supportReply'],
    [['--only', ''], '--only names ""'],
    [['--seed', 'a'], '--seed is "a"'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, known)).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(message) as string }),
    );
  });
});
