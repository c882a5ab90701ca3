/**
 * A process of its own that ends a stack's children when their parent is gone, however it went: `kill -9` included.
 * It reads lines "+<pid>" and "-<pid>" from a pipe that only the parent holds; the end of the pipe is the parent's end.
 * Then it asks the children to end, the youngest first, and kills those that do not within the grace time.
 *
 * Started as a program by `guard.ts`, from dist/ or straight from this file with Node stripping the types. Hence no
 * import or export, and nothing but globals.
 */
(() => {
  const graceMs = Number(process.argv[2]);
  const pollMs = 20;
  const children: number[] = [];

  function send(pid: number, signal: NodeJS.Signals): void {
    try {
      // Each child leads a group; what it started itself goes with it.
      process.kill(process.platform === 'win32' ? pid : -pid, signal);
    } catch {
      // Gone already.
    }
  }

  function isRunning(pid: number): boolean {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    // A zombie whose new parent does not collect it would otherwise be waited for in vain.
    try {
      const stat = process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/stat`, 'utf8');
      return !stat.includes(') Z ');
    } catch {
      return process.platform !== 'linux';
    }
  }

  async function end(pid: number): Promise<void> {
    send(pid, 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (isRunning(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, pollMs));
    // Also when it has ended: its own children may be left.
    send(pid, 'SIGKILL');
  }

  async function endAll(): Promise<void> {
    for (const pid of children.reverse()) await end(pid);
    process.exit(0);
  }

  function obey(line: string): void {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) children.push(pid);
    else if (children.includes(pid)) children.splice(children.indexOf(pid), 1);
  }

  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(obey);
  });
  process.stdin.on('end', () => void endAll());
  process.stdin.on('error', () => void endAll());
  // A Ctrl-C in the terminal, or a service manager that ends the whole group, must not take the guard before the guarded.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
})();
