import { canRedraw, createScreen } from '../view/screen';
import { widthOf } from '../view/stream-width';
import { clipped, countText, durationText } from '../view/text';

export interface EvalProgress {
  row(facts: { readonly costUsd: number; readonly fromJournal: boolean }): void;
  rest(): void;
}

const barCharacters = 24;
/** Elsewhere than on a terminal: a line every so often. */
const quietMs = 10_000;

export function createProgress(stream: NodeJS.WriteStream, total: number, now: () => number = Date.now): EvalProgress {
  const screen = canRedraw(stream) ? createScreen(stream) : undefined;
  const startedMs = now();
  let toldMs = startedMs;
  const seen = { rows: 0, costUsd: 0, fromJournal: 0 };
  const line = (): string => {
    const share = total === 0 ? 1 : seen.rows / total;
    const filled = Math.round(share * barCharacters);
    const elapsedMs = now() - startedMs;
    const left = share > 0 && share < 1 ? `, ${durationText((elapsedMs * (1 - share)) / share)} left` : '';
    const known = seen.fromJournal === 0 ? '' : `, ${countText(seen.fromJournal)} known already`;
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barCharacters - filled)}`;
    return `${bar} ${countText(seen.rows)} of ${countText(total)}, $${seen.costUsd.toFixed(4)}${known}${left}`;
  };
  return {
    row({ costUsd, fromJournal }) {
      seen.rows += 1;
      seen.costUsd += costUsd;
      if (fromJournal) seen.fromJournal += 1;
      if (screen !== undefined) screen.draw([clipped(line(), widthOf(stream) - 1)]);
      else if (now() - toldMs >= quietMs) {
        toldMs = now();
        stream.write(`${line()}\n`);
      }
    },
    rest: () => screen?.rest(),
  };
}
