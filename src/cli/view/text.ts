/** Numbers and texts as people read them in a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** `0.4 s`, `12 s`, `2 min 05 s`, `1 h 04 min`. */
export function durationText(ms: number): string {
  const clamped = Math.max(0, ms);
  if (clamped < 9_950) return `${(clamped / 1_000).toFixed(1)} s`;
  const seconds = Math.round(clamped / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

const counts = new Intl.NumberFormat('en-US');

/** `12,345`. */
export function countText(count: number): string {
  return counts.format(count);
}

const shortCounts = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** `12.3K`, `950`. */
export function shortCountText(count: number): string {
  return shortCounts.format(count);
}

/** `97 %`. */
export function shareText(share: number): string {
  return `${countText(Math.round(share * 100))} %`;
}

/** `1 step`, `8 steps`. */
export function amountText(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `$0.0412`. */
export function costText(costUsd: number): string {
  return `$${costUsd.toFixed(4)}`;
}

/**
 * Text of a model or a config, safe to print: what a terminal would obey (escape sequences, carriage returns) is gone,
 * and it is one line.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
}

/** At most `width` characters, the last one `…` when something was cut. */
export function clipped(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width <= 0 ? '' : `${characters.slice(0, width - 1).join('')}…`;
}

/** Breaks at spaces into lines of at most `width` characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}
