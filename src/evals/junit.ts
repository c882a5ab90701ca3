/** JUnit XML, as build servers read it: a suite per arm, a case per row. */
import type { ArmReport, EvalReport, RowReport } from './report';

export function toJunit({ id, arms }: Pick<EvalReport, 'id' | 'arms'>): string {
  const all = arms.flatMap(({ rows }) => rows);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escape(id)}" ${countsOf(all)}>`,
    ...arms.flatMap(suiteOf),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf({ name, rows }: ArmReport): string[] {
  return [
    `  <testsuite name="${escape(name)}" ${countsOf(rows)}>`,
    ...rows.flatMap((row) => caseOf(name, row)),
    '  </testsuite>',
  ];
}

function caseOf(arm: string, { id, status, failed, latencyMs = 0 }: RowReport): string[] {
  const head = `    <testcase classname="${escape(arm)}" name="${escape(id)}" time="${secondsOf(latencyMs)}"`;
  if (status === 'passed') return [`${head}/>`];
  // Nobody's test has failed where nothing was answered.
  const tag = status === 'failed' ? 'failure' : 'error';
  const text = failed.map(({ kind, message }) => `${kind}: ${message}`);
  const type = escape(failed[0]?.kind ?? tag);
  return [
    `${head}>`,
    `      <${tag} type="${type}" message="${escape(text[0] ?? '')}">${escape(text.join('\n'))}</${tag}>`,
    '    </testcase>',
  ];
}

function countsOf(rows: readonly RowReport[]): string {
  const count = (status: RowReport['status']): number => rows.filter((row) => row.status === status).length;
  const time = secondsOf(rows.reduce((sum, { latencyMs = 0 }) => sum + latencyMs, 0));
  return `tests="${rows.length}" failures="${count('failed')}" errors="${count('unanswered')}" time="${time}"`;
}

function secondsOf(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** XML 1.0 has no way at all to say most control characters or half a surrogate pair: they become U+FFFD. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"\n\r\t]/g, (character) => entities[character] ?? '');
}
