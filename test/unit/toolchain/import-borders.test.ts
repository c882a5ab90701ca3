/** The border table of .dependency-cruiser.cjs has teeth: a forbidden import of each kind is found. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');

/** One file with one forbidden import each, and the rule that must name it. */
const forbidden: [string, string, string][] = [
  ['contracts/x.ts', "import { z } from 'zod'; export const a = z;", 'contracts-imports-packages'],
  [
    'contracts/y.ts',
    "import { readFileSync } from 'node:fs'; export const a = readFileSync;",
    'contracts-imports-node',
  ],
  ['errors/x.ts', "import { a } from '../config/target'; export const b = a;", 'errors-imports-other-folders'],
  ['workflows/x.ts', "import { a } from '../config/target'; export const b = a;", 'workflows-imports-other-folders'],
  ['workflows/y.ts', "import { z } from 'zod'; export const a = z;", 'workflows-imports-packages'],
  ['workflows/z.ts', "import { a } from '../activities/target'; export const b = a;", 'workflows-imports-types-only'],
  ['workflows/n.ts', "import { hash } from 'node:crypto'; export const a = hash;", 'workflows-imports-node'],
  ['activities/x.ts', "import { a } from '../capacity/target'; export const b = a;", 'activities-imports-types-only'],
  ['activities/y.ts', "import OpenAI from 'openai'; export const a = OpenAI;", 'activities-imports-packages'],
  ['capacity/x.ts', "import { a } from '../providers/target'; export const b = a;", 'capacity-imports-other-folders'],
  ['journal/x.ts', "import { a } from '../capacity/target'; export const b = a;", 'journal-imports-other-folders'],
  ['providers/x.ts', "import { a } from '../capacity/target'; export const b = a;", 'providers-imports-other-folders'],
  ['schemas/x.ts', "import { z } from 'zod'; export const a = z;", 'schemas-imports-package-types-only'],
  ['documents/x.ts', "import { a } from '../workers/target'; export const b = a;", 'documents-imports-other-folders'],
  ['config/x.ts', "import { a } from '../capacity/target'; export const b = a;", 'config-imports-other-folders'],
  ['client/x.ts', "import { a } from '../workers/target'; export const b = a;", 'client-imports-other-folders'],
  ['security/x.ts', "import { a } from '../config/target'; export const b = a;", 'security-imports-other-folders'],
  ['prompts/x.ts', "import { a } from '../config/target'; export const b = a;", 'prompts-imports-other-folders'],
  [
    'observability/x.ts',
    "import { a } from '../config/target'; export const b = a;",
    'observability-imports-other-folders',
  ],
  ['simulator/x.ts', "import { a } from '../capacity/target'; export const b = a;", 'simulator-imports-other-folders'],
  ['simulator/y.ts', "import OpenAI from 'openai'; export const a = OpenAI;", 'simulator-imports-packages'],
  ['cli/x.ts', "import { a } from '../capacity/target'; export const b = a;", 'cli-imports-other-folders'],
  ['planning/x.ts', "import { a } from '../capacity/target'; export const b = a;", 'planning-imports-other-folders'],
  ['planning/n.ts', "import { readFileSync } from 'node:fs'; export const a = readFileSync;", 'planning-imports-node'],
  ['stack/x.ts', "import { a } from '../workers/target'; export const b = a;", 'stack-imports-other-folders'],
  ['novelty/x.ts', 'export const a = 1;', 'no-folder-without-a-row'],
  ['workers/x.ts', "import { a } from '../novelty/x'; export const b = a;", 'no-folder-without-a-row'],
  ['workers/ring-a.ts', "import { b } from './ring-b'; export const a = () => b;", 'no-circular'],
];

interface Violation {
  from: string;
  rule: { name: string };
}

describe('import borders', () => {
  let directory: string;
  let violations: Violation[];

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'holdfast-borders-'));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    };
    for (const folder of ['config', 'activities', 'capacity', 'providers', 'workers'])
      write(`src/${folder}/target.ts`, 'export const a = 1;');
    write('src/workers/ring-b.ts', "import { a } from './ring-a'; export const b = () => a;");
    for (const [file, text] of forbidden) write(`src/${file}`, text);
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
      cpSync(join(root, file), join(directory, file));
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    const binary = join(root, 'node_modules/.bin/depcruise');
    const cruise = spawnSync(process.execPath, [binary, 'src', '--output-type', 'json'], {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    violations = (JSON.parse(cruise.stdout) as { summary: { violations: Violation[] } }).summary.violations;
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(forbidden)('src/%s is found (%s)', (file, _, rule) => {
    const found = violations
      .filter((violation) => violation.from === `src/${file}`)
      .map((violation) => violation.rule.name);
    if (file === 'novelty/x.ts') return expect(violations.some((one) => one.rule.name === rule)).toBe(true);
    expect(found).toContain(rule);
  });
});
