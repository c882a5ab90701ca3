/** What `holdfast dev` tells a newcomer. Pure. */
import { relative } from 'node:path';
import type { ResearchReport } from '../../contracts/pipelines/research-report';
import type { PortMove } from '../../stack';
import type { ProviderChoice } from '../stack/provider-choice';
import type { Services } from '../stack/start-services';
import { printable } from '../view/text';

export function portMovedText({ name, from, to }: PortMove): string {
  return `port ${from} is taken; ${name} uses ${to}`;
}

export function providerText(choice: ProviderChoice): string {
  if (choice.kind === 'simulator') {
    return 'simulated, costs nothing (set OPENAI_API_KEY or ANTHROPIC_API_KEY to use a real one)';
  }
  return `${choice.providers.join(' and ')}: real calls that cost money (--simulate uses the simulator)`;
}

export function servicesText(services: Services, choice: ProviderChoice, logDirectory: string): string[] {
  const rows: [string, string][] = [
    ['Temporal', `${services.temporalAddress}, Web UI ${services.uiUrl}`],
    ['Redis', withoutPassword(services.redisUrl)],
    [
      'Provider',
      services.simulatorUrl === undefined ? providerText(choice) : `${services.simulatorUrl}, ${providerText(choice)}`,
    ],
    ['Logs', relative(process.cwd(), logDirectory) || '.'],
  ];
  return rows.map(([name, text]) => `  ${name.padEnd(10)}${text}`);
}

export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//…@');
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

export function stayingUpText(workflowId: string, input: object): string[] {
  return [
    'Everything stays up until Ctrl-C. In another terminal:',
    `  npx holdfast run researchReport --watch --input '${JSON.stringify(input).replaceAll("'", '’')}'`,
    `  npx holdfast status ${workflowId}`,
  ];
}
