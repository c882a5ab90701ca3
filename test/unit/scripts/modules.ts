/** The bootstrap modules as the tests see them: plain JavaScript, so their types are said here. */

export interface Reporter {
  say(text: string): void;
  task<T>(label: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>;
}

export interface TemporalTool {
  readonly path: string;
  readonly serverVersion: string;
  readonly stamp: string;
  readonly source: string;
}

interface TemporalModule {
  cachedPath(cache: string, moduleDir: string): string;
  resolveTemporal(options: {
    cache: string;
    moduleDir: string;
    reporter: Reporter;
    known?: TemporalTool;
    env: NodeJS.ProcessEnv;
    origin: string;
    goDirs: readonly string[];
  }): Promise<TemporalTool>;
}

export interface RedisTool {
  readonly path: string;
  readonly version: string;
  readonly stamp: string;
}

interface RedisModule {
  resolveRedis(options: {
    cache: string;
    reporter: Reporter;
    known?: RedisTool;
    env: NodeJS.ProcessEnv;
    dirs: readonly string[];
    multiCall: string;
  }): Promise<{ readonly server?: RedisTool; readonly fromUrl: boolean }>;
}

interface LockModule {
  withLock<T>(file: string, onWait: (holder: { pid: number }) => void, work: () => Promise<T>): Promise<T>;
}

interface DependenciesModule {
  ensureDependencies(options: { root: string; reporter: Reporter; env: NodeJS.ProcessEnv }): Promise<boolean>;
  dependenciesAreFresh(root: string): boolean;
}

interface DistModule {
  ensureDist(options: { root: string; node: string; reporter: Reporter }): Promise<boolean>;
  distIsFresh(root: string): boolean;
}

interface NodeModule {
  resolveNode(
    root: string,
    current: { version: string; execPath: string; platform: string; arch: string },
  ): { readonly path: string; readonly version: string };
}

interface CommandModule {
  runCommand(
    command: string,
    args: readonly string[],
    options?: { timeoutMs?: number; stallMs?: number; onLine?: (line: string) => void },
  ): Promise<{ ok: boolean; reason: string; stdout: string; tail: string }>;
  findOnPath(
    names: readonly string[],
    options: { env: NodeJS.ProcessEnv; extraDirs?: readonly string[] },
  ): string | undefined;
}

interface PathsModule {
  readonly root: string;
  readonly platformKey: string;
  cacheDir(env: NodeJS.ProcessEnv): string;
  hashOf(parts: readonly (string | Buffer)[]): string;
  readJson(file: string): unknown;
  writeJson(file: string, value: unknown): void;
}

interface ReporterModule {
  createReporter(options: {
    stream: { write(text: string): unknown; isTTY?: boolean; columns?: number };
    now?: () => number;
  }): Reporter;
}

export const { resolveTemporal, cachedPath } = jest.requireActual<TemporalModule>(
  '../../../scripts/bootstrap/temporal.cjs',
);
export const { resolveRedis } = jest.requireActual<RedisModule>('../../../scripts/bootstrap/redis.cjs');
export const { withLock } = jest.requireActual<LockModule>('../../../scripts/bootstrap/lock.cjs');
export const { ensureDependencies, dependenciesAreFresh } = jest.requireActual<DependenciesModule>(
  '../../../scripts/bootstrap/dependencies.cjs',
);
export const { ensureDist, distIsFresh } = jest.requireActual<DistModule>('../../../scripts/bootstrap/dist.cjs');
export const { resolveNode } = jest.requireActual<NodeModule>('../../../scripts/bootstrap/node.cjs');
export const { runCommand, findOnPath } = jest.requireActual<CommandModule>('../../../scripts/bootstrap/command.cjs');
export const { root, platformKey, cacheDir, hashOf, readJson, writeJson } = jest.requireActual<PathsModule>(
  '../../../scripts/bootstrap/paths.cjs',
);
export const { createReporter } = jest.requireActual<ReporterModule>('../../../scripts/bootstrap/reporter.cjs');

/** A reporter that keeps what it is told. */
export function createListener(): { readonly reporter: Reporter; readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    reporter: {
      say: (text) => void said.push(text),
      task: (label, work) => {
        said.push(label);
        return work((detail) => void said.push(detail));
      },
    },
  };
}
