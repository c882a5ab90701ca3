import { freshId } from '../../../src/cli/fresh-id';
import { uiLink } from '../../../src/cli/ui-link';
import { userName } from '../../../src/cli/user-name';

describe('freshId', () => {
  test('carries the time and differs from the next one', () => {
    const now = new Date('2026-11-21T15:07:02.123Z');
    expect(freshId('dev', now)).toMatch(/^dev-20261121-150702-[0-9a-f]{4}$/);
    expect(new Set(Array.from({ length: 20 }, () => freshId('dev', now))).size).toBeGreaterThan(1);
  });
});

describe('uiLink', () => {
  test('escapes what an id may contain', () => {
    const link = uiLink({ uiUrl: 'http://127.0.0.1:8233', namespace: 'default', workflowId: 'a:b/c?d', runId: 'r1' });
    expect(link).toBe('http://127.0.0.1:8233/namespaces/default/workflows/a%3Ab%2Fc%3Fd/r1/history');
  });
});

describe('userName', () => {
  test.each([
    [{ USER: 'ana', USERNAME: 'other' }, 'ana'],
    [{ USERNAME: 'bo' }, 'bo'],
    [{ USER: '' }, expect.stringMatching(/./)],
  ])('%j is %s', (environment, expected) => {
    expect(userName(environment)).toEqual(expected);
  });
});
