/** `docs/conformance.md`, out of the cases themselves. */
import { given, runsOf } from './case';
import type { ConformanceCase, Expectation, Source } from './case';
import { targetNames, targets } from './targets';

const familyTitles: Readonly<Record<string, string>> = {
  answer: 'Good answers',
  request: 'What is sent',
  tools: 'Tool calls',
  usage: 'Usage',
  ending: 'How answers end',
  status: 'Errors with a status',
  wait: 'Waits',
  body: 'Bodies that are no stream',
  large: 'A hundred megabytes',
  stream: 'Broken streams',
  transport: 'Connections',
  timer: 'Timers',
  cancel: 'Cancellation',
  background: 'Background responses',
};

export function documentOf(cases: readonly ConformanceCase[]): string {
  const families = Object.entries(Object.groupBy(cases, familyOf));
  const runs = runsOf(cases, targets).length;
  return [introduction(cases.length, runs), ...families.map(([family, members = []]) => section(family, members))].join(
    '\n',
  );
}

export function familyOf({ id }: ConformanceCase): string {
  return id.split('/')[0] ?? id;
}

function introduction(named: number, runs: number): string {
  return `# Conformance

Everything a provider, a gateway or a network is known to do to a call, and what becomes of it. \`npm run conformance\`
plays each case against the real clients over real HTTP, once for each provider and each source in its row: ${named} cases,
${runs} runs. This file is written by \`npm run conformance -- --write-docs\`; a test compares it with the code.

- **Sources** play the provider: *simulator* is \`src/simulator\`, *aimock* is
  [\`@copilotkit/aimock\`](https://github.com/CopilotKit/aimock), an independent implementation of the same formats, *wire*
  is a server that sends bytes written by hand.
- **Providers**: ${targetNames.map((name) => `\`${name}\``).join(', ')}.
- **Becomes**: an answer, the [failure](errors.md) in the row, or, where the caller cancelled, the caller's own reason.
- In *every* run also: the expected number of HTTP requests (one, mostly), no error that nobody handles, the connection
  closed or free again, a message of one line and at most 300 characters, details that name provider, endpoint and model,
  and nothing of the prompt, of the key or of the provider's prose in either. A run whose fault never struck is void, and
  counts as failed.

\`\`\`
npm run conformance                              # all of them, a table at the end
npm run conformance -- --json                    # {"cases":n,"passed":n,"failed":[],"providers":{…},…} on standard output
npm run conformance -- --only '^wait/' --provider anthropic --source simulator --seed 7
\`\`\`
`;
}

function section(family: string, cases: readonly ConformanceCase[]): string {
  const rows = cases.map((one) => [`\`${one.id}\``, one.title, becomes(one), providers(one), playedBy(one).join(', ')]);
  return [
    `## ${familyTitles[family] ?? family}`,
    '',
    '| case | what happens | becomes | providers | sources |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
    '',
  ].join('\n');
}

function becomes(one: ConformanceCase): string {
  const ends = runsOf([one], targets).map((run) => endOf(given(one.expect, run) ?? {}));
  return [...new Set(ends)].join(' or ');
}

function endOf({ failure, isAborted }: Expectation): string {
  if (isAborted === true) return "the caller's reason";
  return failure === undefined ? 'an answer' : `\`${failure}\``;
}

function providers({ targets: names }: ConformanceCase): string {
  const others = targetNames.filter((name) => !names.includes(name));
  if (others.length === 0) return 'all';
  return others.length < 3 ? `all but ${others.join(' and ')}` : names.join(', ');
}

function playedBy(one: ConformanceCase): Source[] {
  return [...new Set(runsOf([one], targets).map(({ source }) => source))];
}
