/** `npm run conformance`: every provider's client against everything a provider can do. See docs/conformance.md. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '../../src/errors';
import { runsOf } from './case';
import { cases } from './cases';
import { documentOf } from './document';
import { isWanted, parseOptions } from './options';
import { isGreen, linesOf, resultOf } from './report';
import { runAll } from './run-all';
import { targets } from './targets';

const documentFile = resolve(__dirname, '..', '..', 'docs', 'conformance.md');

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.isWritingDocs) {
    await writeFile(documentFile, documentOf(cases));
    say('docs/conformance.md is written');
    return;
  }
  const runs = runsOf(cases, targets).filter((run) => isWanted(run, options));
  if (runs.length === 0) throw new HoldfastError('Config.Invalid', 'No case matches --only, --provider and --source.');
  say(`${runs.length} runs, ${options.concurrency} at once, seed ${options.seed}`);
  const startedAt = performance.now();
  const all = await runAll(runs, options);
  const result = resultOf(all, { seed: options.seed, durationMs: performance.now() - startedAt });
  linesOf(result).forEach(say);
  if (options.isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = isGreen(result) ? 0 : 1;
}

main().catch((error: unknown) => {
  say(error instanceof HoldfastError ? `holdfast: ${error.type}: ${error.message}` : String((error as Error).stack));
  process.exitCode = 1;
});
