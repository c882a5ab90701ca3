/** What must never reach workflow code, because it would break replay, grow the bundle, or read a secret. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

const source = resolve(__dirname, '../../../src');

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(directory, name));
}

describe('workflow sandbox', () => {
  test('the bundle holds no schema library, no SDK client and no Node module, and stays small', async () => {
    const messages: string[] = [];
    const record = (_level: string, message: string): void => void messages.push(message);
    const keep = (message: string): void => void messages.push(message);
    const bundle = await bundleWorkflowCode({
      workflowsPath: join(source, 'workflows/index.ts'),
      workflowInterceptorModules: [join(source, 'workflows/interceptors.ts')],
      logger: { log: record, trace: keep, debug: keep, info: keep, warn: keep, error: keep },
    });
    const modules = [...bundle.code.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)/g)].map((match) => match[1]);
    const forbidden = ['zod', 'openai', '@anthropic-ai/sdk', 'ioredis', 'yaml', 'pino', 'gpt-tokenizer', 'pdfmake'];
    expect(modules.filter((name) => name !== undefined && forbidden.includes(name))).toEqual([]);
    expect(messages.filter((message) => /disallowed|Your Workflow code .* is importing/i.test(message))).toEqual([]);
    // The SDK alone is about 1.6 MB with its source map; a library that slips in shows here.
    expect(bundle.code.length).toBeLessThan(3_500_000);
  });

  test.each(['workflows', 'contracts', 'errors'].flatMap((folder) => filesBelow(join(source, folder))))(
    '%s reads no environment and no clock of the machine',
    (file) => {
      const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(code).not.toMatch(/\bprocess\.|\bperformance\.|\brequire\(|\bMath\.random|\bcrypto\b/);
    },
  );
});
