import { Command } from 'commander';
import { exitCodesHelp } from '../exit-codes';
import type { EvalOptions } from '../eval/read-eval-options';
import { readEvalOptions } from '../eval/read-eval-options';
import { tryPrompts } from '../eval/try-prompts';
import type { Output } from '../output';

const help = `
A step is tried as it stands, each tier that calls a model with its own variant;
--variants, --pool and --endpoint say what is tried instead, all with all. Calls
go through the capacity of HOLDFAST_CONFIG in the batch lane. Redis is where
REDIS_URL says, else the stack of "npm start", whose simulator is used then too.

A data set is JSON lines: {"id":…,"variables":{…},"expect":{…}}; docs/evals.md
lists the assertions. What an eval has paid for is kept under its id: --id goes
on with one that ended early, and pays for the missing rows only.

Exit code 1 also means: a score below --threshold, or a row without an answer;
5: a score that fell since --baseline.

Examples:
  holdfast eval research.outline --data outlines.jsonl --variants default,small
  holdfast eval support/intent@2 --data intents.jsonl --pool mini,smart --threshold 0.9 --junit out.xml
  holdfast eval --matrix --data evals --limit 50 --json | jq '.arms[] | {name, score}'
  holdfast eval support.intent --data intents.jsonl --baseline baseline.json`;

export function evalCommand(output: Output): Command {
  return new Command('eval')
    .summary('try prompts on a data set')
    .description('Try the variants of a prompt, or models, on a data set, and compare them.')
    .argument('[target]', 'a step, or name@version of a prompt')
    .option('--data <file>', 'JSON lines; with --matrix a folder of <step>/*.jsonl (default: evals)')
    .option('--matrix', 'every step × tier × variant that has a data set')
    .option('--variants <names>', 'variants of the prompt, with commas between them')
    .option('--pool <names>', "pools; default: that of the step's first tier")
    .option('--endpoint <names>', 'single endpoints, each tried by itself')
    .option('--judge <step>', 'the step that judges where a row names none')
    .option('--threshold <score>', 'fail when an arm scores below, 0 to 1')
    .option('--baseline <file>', 'a --json-out of before: fail when a score fell since')
    .option('--junit <file>', 'write JUnit XML')
    .option('--json-out <file>', 'write the whole result, every row')
    .option('--limit <n>', 'only so many rows, drawn by --seed')
    .option('--concurrency <n>', 'rows at once', '8')
    .option('--seed <n>', 'of the draw and the intervals', '1')
    .option('--id <id>', 'go on with this eval; default: a fresh one')
    .option('--tenant <name>', 'whose share of the capacity', 'default')
    .option('--budget-usd <amount>', 'US dollars all calls under the id may cost; default: any amount')
    .option('--json', 'one JSON line on standard output, without the rows')
    .addHelpText('after', help + exitCodesHelp)
    .action((target: string | undefined, options: EvalOptions) => tryPrompts(readEvalOptions(target, options), output));
}
