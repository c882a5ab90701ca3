/** What `holdfast dev` tells a newcomer. Pure. */
import { relative } from 'node:path';
import type { ResearchInput, ResearchReport } from '../../contracts/pipelines/research-report';
import type { PortMove } from '../../stack';
import type { ProviderChoice } from '../stack/provider-choice';
import type { Services } from '../stack/start-services';
import { printable } from '../view/text';

export function portMovedText({ name, from, to }: PortMove): string {
  return `port ${from} is taken; ${name} uses ${to}`;
}

export function providerText(choice: ProviderChoice): string {
  if (choice.kind === 'simulator') {
    return 'simulated; OPENAI_API_KEY or ANTHROPIC_API_KEY selects a real one';
  }
  return `${choice.providers.join(' and ')}: real calls that cost money (--simulate uses the simulator)`;
}

export interface ServicesTold {
  readonly services: Services;
  readonly choice: ProviderChoice;
  readonly logDirectory: string;
  readonly workerPid: number;
}

export function servicesText({ services, choice, logDirectory, workerPid }: ServicesTold): string[] {
  const rows: [string, string][] = [
    ['Temporal', `${services.temporalAddress}, Web UI ${services.uiUrl}`],
    ['Redis', withoutPassword(services.redisUrl)],
    ['Provider', providerText(choice)],
    ...(services.simulatorUrl === undefined ? [] : ([['Simulator', services.simulatorUrl]] as [string, string][])),
    ['Worker', `process ${workerPid}; "kill -9 ${workerPid}" and see: another one takes over`],
    ['Logs', relative(process.cwd(), logDirectory) || '.'],
  ];
  return rows.map(([name, text]) => `  ${name.padEnd(11)}${text}`);
}

export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//…@');
}

export function workerReplacedText(killed: { pid: number }, next: { pid: number }): string {
  return (
    `the worker (process ${killed.pid}) was killed; process ${next.pid} takes over. A call in flight is noticed ` +
    'within 10 s; completed steps are not bought again'
  );
}

export function resultText(result: ResearchReport, uiUrl: string): string[] {
  if (result.status === 'published') {
    return [`Published: ${result.pdf.path} (${result.pdf.pages} pages)`, `Web UI:    ${uiUrl}`];
  }
  const { by, comment } = result.decision;
  const who = by === undefined ? '' : ` by ${printable(by)}`;
  return [
    `${result.status}${who}${comment === undefined ? '' : `: ${printable(comment)}`}; no PDF was made`,
    `Web UI:    ${uiUrl}`,
  ];
}

export function stayingUpText(workflowId: string, { source }: ResearchInput): string[] {
  const another = JSON.stringify({ topic: 'What a conductor does', source });
  return [
    'Everything stays up until Ctrl-C. Meanwhile, in another terminal:',
    `  npx holdfast run researchReport --watch --input '${another.replaceAll("'", "'\\''")}'`,
    `  npx holdfast status ${workflowId}`,
  ];
}

/** The first line break ends the line on which the terminal shows `^C`. */
export function stoppingText(isFresh: boolean): string {
  return isFresh ? '\nStopping …' : '\nStopping … An unfinished run goes on with the next "npm start".';
}
