/** `npm start`, with the real servers it brings. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readRunningStack } from '../../../src/stack';
import { expectRefusal, jsonOf, runCli, startCli } from './cli';

/** Its own folder, so that it meets no stack that runs in this clone. */
function ownDirectory(): { directory: string; environment: NodeJS.ProcessEnv } {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-dev-test-'));
  return {
    directory,
    environment: { HOLDFAST_DEV_DIRECTORY: join(directory, 'dev'), HOLDFAST_OUTPUT: join(directory, 'out') },
  };
}

/** Pids by the log file they write to, below this folder. Linux only, as is everything that runs these tests. */
function processesLoggingTo(directory: string): Record<string, number> {
  const entries = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const file = readlinkSync(`/proc/${pid}/fd/1`);
        return file.startsWith(directory) ? [[basename(file), Number(pid)]] : [];
      } catch {
        // It ended a moment ago, or is not ours to look at.
        return [];
      }
    });
  return Object.fromEntries(entries) as Record<string, number>;
}

/** Listens unless somebody does already: taken either way. */
function occupy(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(server));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

describe('holdfast dev --once --json', () => {
  test('publishes a report, tells a script, and leaves nothing running', async () => {
    const { directory, environment } = ownDirectory();
    const result = await runCli(['dev', '--once', '--json', '--sections', '1'], { environment });
    expect(result).toMatchObject({ code: 0 });
    const summary = jsonOf(result) as { pdf: string; uiUrl: string };
    expect(summary).toEqual({
      pipeline: 'researchReport',
      status: 'published',
      runId: expect.stringMatching(/./),
      workflowId: expect.stringMatching(/^researchReport:dev-/),
      pdf: expect.stringContaining(directory),
      steps: 3,
      attempts: 3,
      paidCalls: 3,
      rateLimited: 0,
      tokens: expect.any(Number),
      costUsd: expect.any(Number),
      uiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/researchReport%3Adev-/),
      wallMs: expect.any(Number),
    });
    expect(readFileSync(summary.pdf).subarray(0, 5).toString()).toBe('%PDF-');
    expect(processesLoggingTo(directory)).toEqual({});
    expect(existsSync(join(directory, 'dev', 'lock.json'))).toBe(false);
    rmSync(directory, { recursive: true });
  });
});

describe('holdfast dev', () => {
  test('says which ports are taken, refuses a second start, and ends everything at Ctrl-C', async () => {
    const { directory, environment } = ownDirectory();
    const taken = await Promise.all([7233, 8233, 6390, 8480].map(occupy));
    const first = startCli(['dev'], { environment });
    const shown = await first.until(/Web UI: http/);
    for (const server of taken) server.close();
    for (const port of [7233, 8233, 6390, 8480]) {
      expect(shown).toMatch(new RegExp(`port ${port} is taken; .+ uses (?!${port})\\d+`));
    }

    const second = await runCli(['dev'], { environment });
    const ui = readRunningStack(join(directory, 'dev'))?.addresses?.['ui'];
    expectRefusal(second, { code: 2, type: 'Usage.Invalid', says: `Web UI ${ui}); use it: npx holdfast run` });

    const workflowId = /researchReport:dev-[\w-]+/.exec(shown)?.[0] ?? '';
    const status = await runCli(['status', workflowId], { environment });
    expect(status.stderr).toMatch(/^using the stack of "npm start" \(Temporal at 127\.0\.0\.1:\d+\)\n$/);
    expect(status.stdout).toMatch(/^researchReport /);

    first.child.kill('SIGINT');
    expect(await first.exited).toMatchObject({ code: 130 });
    expect(processesLoggingTo(directory)).toEqual({});
    rmSync(directory, { recursive: true });
  });

  test('goes on with the unfinished run at the next start, and ends at Ctrl-C while it starts', async () => {
    const { directory, environment } = ownDirectory();
    const first = startCli(['dev'], { environment });
    const started = await first.until(/Started researchReport:dev-[\w-]+/);
    const workflowId = /researchReport:dev-[\w-]+/.exec(started)?.[0] ?? '';
    // Not asked to end: its guard has to clean up.
    first.child.kill('SIGKILL');
    await first.exited;

    const second = startCli(['dev'], { environment });
    await second.until(new RegExp(`Going on with ${workflowId}`));
    second.child.kill('SIGINT');
    expect(await second.exited).toMatchObject({ code: 130 });

    const third = startCli(['dev'], { environment });
    await third.until(/Starting Temporal/);
    third.child.kill('SIGINT');
    expect(await third.exited).toMatchObject({ code: 130 });
    expect(processesLoggingTo(directory)).toEqual({});
    rmSync(directory, { recursive: true });
  });

  test('reports the end of one of its processes with its log, and ends the rest', async () => {
    const { directory, environment } = ownDirectory();
    const running = startCli(['dev'], { environment });
    await running.until(/Web UI: http/);
    const processes = processesLoggingTo(directory);
    expect(Object.keys(processes).sort()).toEqual(['redis.log', 'simulator.log', 'temporal.log', 'worker.log']);
    process.kill(processes['redis.log'] as number, 'SIGKILL');
    const { code, stderr } = await running.exited;
    expect(stderr).toMatch(
      /holdfast: Service\.Unreachable: Redis ended unexpectedly \(ended by SIGKILL\)[^]+redis\.log/,
    );
    expect(code).toBe(3);
    expect(processesLoggingTo(directory)).toEqual({});
    rmSync(directory, { recursive: true });
  });
});
