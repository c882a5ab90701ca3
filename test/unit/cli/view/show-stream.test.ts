import type { StreamChunk } from '../../../../src/client';
import { showStream } from '../../../../src/cli/view/show-stream';
import { fakeTerminal } from '../fake-terminal';

function shown(chunks: readonly Record<string, unknown>[], isTTY = false): { text: string; notes: string[] } {
  const notes: string[] = [];
  const { stream, written } = fakeTerminal({ isTTY });
  const show = showStream({ stream, note: (line) => notes.push(line) });
  for (const chunk of chunks) show({ offset: '1-0~~0', ...chunk } as unknown as StreamChunk);
  return { text: written(), notes };
}

const reset = (attempt: number, more: object = {}) => ({
  kind: 'reset',
  reason: 'attempt',
  endpoint: 'east',
  tier: 0,
  attempt,
  ...more,
});
const text = (written: string) => ({ kind: 'text', text: written });
const end = { kind: 'end' };

describe('showStream', () => {
  test('prints the text and nothing else', () => {
    const { text: printed, notes } = shown([reset(1), text('one '), text('two'), end]);
    expect(printed).toBe('one two\n');
    expect(notes).toEqual(['attempt 1 of tier 1 on east: the text begins here']);
  });

  test('marks where a text begins again', () => {
    const { text: printed } = shown([reset(1), text('half'), reset(2, { endpoint: 'west' }), text('whole'), end]);
    expect(printed).toBe('half\n--- attempt 2 of tier 1 on west: the text begins here ---\nwhole\n');
  });

  test('says that a text is not whole', () => {
    const { text: printed } = shown([reset(1, { reason: 'trimmed', endpoint: '' }), text('the rest'), end]);
    expect(printed).toBe('--- the text before this is no longer kept ---\nthe rest\n');
  });

  test('gives a terminal nothing to obey, and a file what was written', () => {
    const written = 'a\u001b[2Jb\rc\u009bd\n\te';
    expect(shown([text(written), end], true).text).toBe('a[2Jbcd\n\te\n');
    expect(shown([text(written), end]).text).toBe(`${written}\n`);
  });
});
