import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expectRefusal, jsonOf, runCli } from './cli';

describe('holdfast', () => {
  test.each([
    [['dvv'], /unknown command 'dvv' \(Did you mean dev\?\)/],
    [['dev', '--onc'], /unknown option '--onc' \(Did you mean --once\?\)/],
    [['run'], /missing required argument 'pipeline'/],
    [['status'], /missing required argument 'workflowId'/],
    [['status', 'a:b', 'c'], /too many arguments/],
    [['run', 'researchReport', '--id'], /'--id <id>' argument missing/],
    [['run', 'researchReport', '--budget-usd', '0'], /--budget-usd: expected US dollars, a number > 0, received "0"/],
    [['simulator', '--port', 'x'], /--port: expected a number from 0 to 65535, received "x"/],
    [['simulator', '--speed', '0'], /--speed: expected a number of at least 0\.001, received "0"/],
  ])('%j is wrong usage, told in one line', async (args, says) => {
    expectRefusal(await runCli(args), { code: 2, type: 'Usage.Invalid', says });
  });

  test('tells a script about wrong usage as JSON', async () => {
    const result = await runCli(['dev', '--onc', '--json']);
    expect(jsonOf(result)).toEqual({
      error: { type: 'Usage.Invalid', message: expect.stringContaining("unknown option '--onc'") },
    });
    expect(result.code).toBe(2);
  });

  test.each([[['--help']], [['run', '--help']], [['demo', 'crash', '--help']], [['help', 'approve']]])(
    '%j explains itself on standard output, exit codes included',
    async (args) => {
      const { code, stdout, stderr } = await runCli(args);
      expect(stdout).toMatch(/Usage: holdfast/);
      expect(stdout).toMatch(/130 {2}ended by Ctrl-C/);
      expect([code, stderr]).toEqual([0, '']);
    },
  );

  test('without a command shows what there is and fails', async () => {
    const { code, stderr } = await runCli([]);
    expect(stderr).toMatch(/Commands:[^]+holdfast: Usage\.Invalid: which command\?/);
    expect(code).toBe(2);
  });

  test('shows where an error comes from only when asked', async () => {
    const { stderr } = await runCli(['run', 'nope'], { environment: { HOLDFAST_DEBUG: '1' } });
    expect(stderr).toMatch(/\n\s+at /);
  });
});

describe('holdfast simulator', () => {
  test('refuses a taken port and says what to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const result = await runCli(['simulator', '--port', String(port)]);
    await new Promise((resolve) => server.close(resolve));
    expectRefusal(result, { code: 3, type: 'Service.Unreachable', says: `port ${port} is taken; choose another one` });
  });
});
