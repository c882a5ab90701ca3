// node scripts/draw-spillover.mjs <recorded.json> <picture.svg>: who answered the calls of `regionalSpillover`, over time.
// The record is the `spillover` figure of `npm run pipelines -- --only regionalSpillover --json`.
import { readFileSync, writeFileSync } from 'node:fs';

const [recorded, picture] = process.argv.slice(2);
if (recorded === undefined || picture === undefined) {
  process.stderr.write('Usage: node scripts/draw-spillover.mjs <recorded.json> <picture.svg>\n');
  process.exit(2);
}

/**
 * `answered` by endpoint. See `Spillover` in bench/pipelines/scenarios/regional-spillover.ts.
 * @typedef {{ atSeconds: number, answered: Record<string, number> }} Slice
 * @typedef {{ seconds: number, sliceSeconds: number, throttledSeconds: [number, number], primaryShare: number[] }} Times
 * @typedef {Times & { slices: Slice[], runs: number, completed: number, rejected: number }} Spillover
 * @typedef {{ atSeconds: number, tops: number[] }} Stack shares up to and with each region
 */

/** @type {Spillover} */
const spillover = JSON.parse(readFileSync(recorded, 'utf8'));

const regions = [
  { name: 'azure-eastus', label: 'EastUS', color: '#2f6fb7' },
  { name: 'azure-eastus2', label: 'EastUS2', color: '#3f9c6d' },
  { name: 'azure-westus', label: 'WestUS', color: '#c98a2b' },
];
const plot = { left: 56, top: 78, width: 820, height: 240 };
const size = { width: 900, height: 386 };

/** @param {number} seconds */
const xOf = (seconds) => round(plot.left + (plot.width * seconds) / spillover.seconds);
/** @param {number} share */
const yOf = (share) => round(plot.top + plot.height * (1 - share));
/** @param {number} value */
const round = (value) => Number(value.toFixed(1));

/**
 * Shares of each slice, stacked from below; a slice in which nobody answered repeats the one before.
 * @returns {Stack[]}
 */
function stackedShares() {
  /** @type {number[]} */
  let last = regions.map((_, index) => (index === 0 ? 0 : 1));
  return spillover.slices.map(({ atSeconds, answered }) => {
    const counts = regions.map(({ name }) => answered[name] ?? 0);
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (all > 0)
      last = counts.map((_, index) => counts.slice(0, index + 1).reduce((sum, count) => sum + count, 0) / all);
    return { atSeconds, tops: last };
  });
}

/**
 * Steps, not slopes: nothing is known between two slices.
 * @param {Stack[]} shares @param {number} index of a region
 */
function areaOf(shares, index) {
  /** @param {number} bound index of a region; -1: the axis */
  const edge = (bound) =>
    shares.flatMap(({ atSeconds, tops }) => {
      const y = yOf(tops[bound] ?? 0);
      return [`${xOf(atSeconds)},${y}`, `${xOf(Math.min(spillover.seconds, atSeconds + spillover.sliceSeconds))},${y}`];
    });
  return [...edge(index), ...edge(index - 1).reverse()].join(' ');
}

/** @param {number} x @param {number} y @param {string} content */
function text(x, y, content, { anchor = 'start', kind = 'small' } = {}) {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" class="${kind}">${content}</text>`;
}

function draw() {
  const shares = stackedShares();
  const [from, to] = spillover.throttledSeconds;
  const { runs, completed, rejected, primaryShare } = spillover;
  const bottom = plot.top + plot.height;
  const areas = regions.map(({ color }, index) => `<polygon points="${areaOf(shares, index)}" fill="${color}"/>`);
  const legend = regions.map(({ label, color }, index) => {
    const x = plot.left + index * 96;
    return `<rect x="${x}" y="${size.height - 20}" width="12" height="12" fill="${color}"/>${text(x + 18, size.height - 10, label)}`;
  });
  const seconds = Array.from({ length: 7 }, (_, index) => Math.round((spillover.seconds * index) / 6));
  const title = `${completed} of ${runs} runs completed; ${rejected} ${rejected === 1 ? 'call was' : 'calls were'} answered 429`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${title}">
<style>
  text { font-family: system-ui, sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 }
  .small { font-size: 12px }
  .line { stroke: #24292f; fill: none }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .line { stroke: #e6edf3 } }
</style>
${text(plot.left, 24, title, { kind: 'title' })}
${text(plot.left, 44, `Share of the answered calls by region, ${spillover.sliceSeconds} s at a time; EastUS, which is preferred: ${primaryShare.map((share) => `${Math.round(share * 100)} %`).join(', then ')}`)}
${areas.join('\n')}
${[from, to].map((at) => `<line class="line" stroke-dasharray="4 3" x1="${xOf(at)}" x2="${xOf(at)}" y1="${plot.top - 6}" y2="${bottom}"/>`).join('\n')}
${text((xOf(from) + xOf(to)) / 2, plot.top - 8, 'EastUS throttled', { anchor: 'middle' })}
<path class="line" d="M${plot.left} ${plot.top}V${bottom}H${plot.left + plot.width}"/>
${[0, 0.5, 1].map((share) => text(plot.left - 8, yOf(share) + 4, `${share * 100} %`, { anchor: 'end' })).join('\n')}
${seconds.map((at) => text(xOf(at), bottom + 18, `${at} s`, { anchor: 'middle' })).join('\n')}
${legend.join('\n')}
</svg>
`;
}

writeFileSync(picture, draw());
