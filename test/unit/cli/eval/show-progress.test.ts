import { createProgress } from '../../../../src/cli/eval/show-progress';

test('createProgress, without a terminal: a line every ten seconds, with what is known and what is left', () => {
  const lines: string[] = [];
  const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
  let nowMs = 0;
  const progress = createProgress(stream, 40, () => nowMs);
  for (let row = 1; row <= 10; row++) {
    nowMs += 1_000;
    progress.row({ costUsd: 0.001, fromJournal: row <= 4 });
  }
  progress.rest();
  expect(lines).toEqual(['██████░░░░░░░░░░░░░░░░░░ 10 of 40, $0.0100, 4 known already, 30 s left\n']);
});
