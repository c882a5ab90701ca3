import { Command } from 'commander';
import { planCapacity } from '../../planning';
import type { Plan } from '../../planning';
import { exitCodesHelp } from '../exit-codes';
import { UsageError } from '../failure';
import { knownPipelines } from '../known-pipelines';
import type { Output } from '../output';
import type { AskedPipeline } from '../plan/asked-plan';
import { completePlan } from '../plan/complete-plan';
import { missingKeysNote, poolsWithout } from '../plan/counted-endpoints';
import { readPlanFile } from '../plan/read-plan-file';
import { readPlanOptions } from '../plan/read-plan-options';
import type { PlanOptions } from '../plan/read-plan-options';
import { renderPlan } from '../plan/render-plan';
import { widthOf } from '../view/stream-width';
import { createStyle } from '../view/style';

const help = `
Limits and prices are those of HOLDFAST_CONFIG; nothing is called and nothing
is connected to. A shipped pipeline brings its usual calls, --calls, --tokens and
--seconds say what is different. A step brings its first tier's pool and its
maxOutputTokens, which OpenAI and Azure charge whatever comes.

A plan file, YAML or JSON, holds several pipelines:
  pipelines:
    - name: nightly-digest
      count: 4000                # all there at once; or perHour: 120
      steps:
        - { step: research.section, calls: 4, inputTokens: 1800, outputTokens: 900, seconds: 8 }
        - { pool: mini, calls: 1, inputTokens: 600, outputTokens: 100, maxOutputTokens: 300 }

Examples:
  holdfast plan --pipeline research-report --per-hour 120
  holdfast plan --pipeline research-report --count 5000 --calls research.section=8
  holdfast plan --pipeline digest --per-hour 60 --calls research.section=4 --tokens research.section=1800/900
  holdfast plan --file plan.yaml --json | jq .binding`;

export function planCommand(output: Output): Command {
  const again = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return new Command('plan')
    .summary('how much the quotas carry, what binds, what a region more gives')
    .description('Work out which quota binds, how long a load takes, its cost, and what one more region gives.')
    .option('--pipeline <name>', 'a shipped pipeline, or a name of your own with --calls and --tokens')
    .option('--per-hour <n>', 'runs that start per hour')
    .option('--count <n>', 'runs in all; default: those of one hour')
    .option('--calls <step=n>', 'calls of a step per run; may be repeated', again)
    .option('--tokens <step=in/out>', 'tokens of one call; may be repeated', again)
    .option('--seconds <step=s>', 'how long one call takes, for concurrency; may be repeated', again)
    .option('--without <endpoint>', 'plan without this endpoint; may be repeated', again)
    .option('--file <plan>', 'several pipelines, instead of the options about one')
    .option('--json', 'one JSON line on standard output')
    .addHelpText('after', help + exitCodesHelp)
    .action((options: PlanOptions) => showPlan(options, output));
}

interface PlanCommandOptions extends PlanOptions {
  readonly file?: string;
  readonly without?: readonly string[];
  readonly json?: boolean;
}

async function showPlan(options: PlanCommandOptions, output: Output): Promise<void> {
  const { file, without = [], json: _, ...one } = options;
  const asked = file === undefined ? [readPlanOptions(one)] : pipelinesOf(file, one);
  const { readPlanningDefaults } = await import('../../workers/planning-defaults.js');
  const { settings, maxOutputTokensOf, requestsPerMinute, chargeOf } = readPlanningDefaults(process.env);
  const counted = { ...settings, pools: poolsWithout(settings, without) };
  const plan = planCapacity({
    pipelines: completePlan(asked, { settings: counted, pipelines: knownPipelines(), maxOutputTokensOf }),
    endpoints: counted.endpoints,
    pools: counted.pools,
    requestsPerMinute,
    chargeOf: (endpoint, { inputTokens, outputTokens, maxOutputTokens }) =>
      chargeOf(endpoint, { usage: { inputTokens, outputTokens }, maxOutputTokens }),
  });
  const keys = missingKeysNote(
    [...new Set(plan.endpoints.map((each) => each.endpoint))],
    settings.endpoints,
    process.env,
  );
  const told = keys === undefined ? plan : { ...plan, notes: [...plan.notes, keys] };
  const picture = { width: widthOf(output.stream), style: createStyle(output.stream) };
  if (!output.isJson) renderPlan(told, picture).forEach(output.text);
  output.json(rounded(told));
}

function pipelinesOf(file: string, others: PlanOptions): AskedPipeline[] {
  const [extra] = Object.keys(others);
  if (extra === undefined) return readPlanFile(file);
  const flag = extra.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${flag} cannot be given with --file: the plan file says it all`);
}

/** Without the digits that floating point makes up. */
function rounded(plan: Plan): Plan {
  const sixDigits = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(6)) : value);
  return JSON.parse(JSON.stringify(plan, sixDigits)) as Plan;
}
