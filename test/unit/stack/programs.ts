/** Small programs for the tests to start: each is a file run by the Node that runs the tests. */
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import { identify, isAlive } from '../../../src/stack/process-identity';

export function makeTemporaryDir(): { readonly dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-stack-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Writes an executable file that Node runs. */
export function writeProgram(dir: string, name: string, code: string): string {
  const file = join(dir, name);
  writeFileSync(file, `#!${process.execPath}\n${code}`);
  chmodSync(file, 0o755);
  return file;
}

/** src/stack as plain JavaScript, for a program that has to live outside jest in order to be killed. */
export function compileStack(dir: string): string {
  const source = resolve(__dirname, '../../../src');
  for (const file of globSync('{stack,errors,contracts}/**/*.ts', { cwd: source })) {
    const target = join(dir, file.replace(/\.ts$/, '.js'));
    const { code } = transformFileSync(join(source, file), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
      module: { type: 'commonjs' },
    });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return join(dir, 'stack', 'index.js');
}

/** Waits for a fact another process brings about. */
export async function until(what: string, isSo: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

export function isRunning(pid: number): boolean {
  return isAlive(identify(pid));
}

export function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
