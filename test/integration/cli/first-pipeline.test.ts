/** docs/your-first-pipeline.md, done literally in a fresh copy of this clone. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { readRunningStack } from '../../../src/stack';
import { eventually } from '../../support/harness';
import { foreignVariables } from './cli';

const root = resolve(__dirname, '..', '..', '..');
/** What a fresh clone has not, and a folder of tests that nobody's first pipeline needs. */
const leftOut = new Set(['node_modules', '.git', '.holdfast', 'out', 'test', 'dist.next', 'dist.previous']);

/** On a busy machine: a start builds and starts servers, a worker makes its bundle. */
const patienceMs = 90_000;

interface Block {
  readonly language: string;
  readonly text: string;
  /** Of the file that it is the content of. */
  readonly path?: string;
}

function readBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n([^]*?)^```$/gm)].map(
    ([, path, language = '', text = '']) => ({ language, text, ...(path !== undefined && { path }) }),
  );
}

/** `…` is anything, and so is the width of white space. */
function patternOf(line: string): RegExp {
  const parts = line
    .trim()
    .split(/…|\s+/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*'));
}

function copyClone(): string {
  const clone = join(mkdtempSync(join(tmpdir(), 'holdfast-first-')), 'clone');
  cpSync(root, clone, { recursive: true, filter: (path) => dirname(path) !== root || !leftOut.has(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

describe('docs/your-first-pipeline.md', () => {
  const blocks = readBlocks(readFileSync(join(root, 'docs/your-first-pipeline.md'), 'utf8'));
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreignVariables.test(name)));
  const started: ChildProcess[] = [];
  let clone: string;
  const devDirectory = (): string => join(clone, '.holdfast', 'dev');

  beforeAll(() => {
    clone = copyClone();
  });
  afterAll(async () => {
    for (const child of started) {
      if (child.pid === undefined) continue;
      try {
        process.kill(-child.pid, 'SIGINT');
      } catch {
        // It has ended, and so have all it had started.
      }
    }
    await eventually('the stack has ended', () => Promise.resolve(!existsSync(join(devDirectory(), 'lock.json'))));
    rmSync(dirname(clone), { recursive: true, force: true });
  });

  /** In a process group of its own, so that what it leaves in the background can be ended. */
  function shell(command: string): { readonly output: () => string; readonly ended: Promise<void> } {
    const child = spawn('bash', ['-c', command], {
      cwd: clone,
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let written = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (written += chunk.toString()));
    return { output: () => written, ended: new Promise((done) => child.once('exit', () => done())) };
  }

  /** Once through, then its last command again until it shows what it is to show. */
  async function run(commands: string, expected: readonly RegExp[]): Promise<void> {
    const simulator = readRunningStack(devDirectory())?.addresses?.['simulator'] ?? '';
    const given = commands.replaceAll('localhost:8480', simulator.replace('http://', ''));
    let output = '';
    let next = given;
    const isShown = async (): Promise<boolean> => {
      const { output: told, ended } = shell(next);
      await ended;
      output += told();
      next = given.trimEnd().split('\n').at(-1) ?? '';
      return expected.every((pattern) => pattern.test(output));
    };
    await eventually(`${commands} shows ${expected.join(', ')}`, isShown, patienceMs).catch((error: unknown) => {
      throw new Error(`${String(error)}\nit showed:\n${output}`);
    });
  }

  test('works as it is written', async () => {
    for (const [index, { language, text, path }] of blocks.entries()) {
      if (path !== undefined) {
        mkdirSync(dirname(join(clone, path)), { recursive: true });
        writeFileSync(join(clone, path), text);
      } else if (language === 'sh' && text.trim() === 'npm start') {
        const { output } = shell(text);
        await eventually(
          'npm start has started its run',
          () => Promise.resolve(output().includes('Started researchReport')),
          patienceMs,
        );
      } else if (language === 'sh') {
        const next = blocks[index + 1];
        const expected = next?.language === 'text' ? next.text.trimEnd().split('\n').map(patternOf) : [];
        await run(text, expected);
      }
    }
    expect(blocks.filter(({ path }) => path !== undefined)).toHaveLength(4);
    expect(blocks.filter(({ language }) => language === 'text')).toHaveLength(5);
  }, 240_000);
});
