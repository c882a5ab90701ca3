import { didYouMean } from '../../../src/config/closest';

describe('didYouMean', () => {
  test.each([
    ['rpmm', 'rpm'],
    ['RPM', 'rpm'],
    ['concurency', 'concurrency'],
    ['rmp', 'rpm'],
    ['maxOutputToken', 'maxOutputTokens'],
  ])('%s is near %s', (mistyped, name) => {
    expect(didYouMean(mistyped, ['tpm', 'rpm', 'concurrency', 'maxOutputTokens'])).toBe(`, did you mean "${name}"?`);
  });

  test.each(['zone', 'x', '', 'r'.repeat(10_000)])('%j is near nothing', (mistyped) => {
    expect(didYouMean(mistyped, ['tpm', 'rpm', 'concurrency'])).toBe('');
  });
});
