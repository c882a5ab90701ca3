/**
 * Who may import whom. One row per folder of src/: the folders it may import, the folders it may import as types only,
 * and the npm packages and Node modules it may use. What is not listed is forbidden.
 */
const anything = Symbol('anything');

const rows = {
  contracts: { folders: ['errors'], npm: [], node: [] },
  errors: { folders: ['contracts'], npm: ['@temporalio/common'], node: [] },
  workflows: {
    folders: ['contracts', 'errors'],
    types: ['activities'],
    npm: ['@temporalio/workflow', '@temporalio/common'],
    node: [],
  },
  activities: {
    folders: ['contracts', 'errors', 'routing'],
    types: ['capacity', 'providers', 'journal', 'prompts', 'schemas', 'documents'],
    npm: ['@temporalio/activity', '@temporalio/common'],
    node: ['crypto'],
  },
  routing: { folders: ['contracts', 'errors'], npm: [], node: [] },
  capacity: { folders: ['contracts', 'errors'], npm: ['ioredis', 'gpt-tokenizer'], node: anything },
  journal: { folders: ['contracts', 'errors'], npm: ['ioredis'], node: ['fs', 'path'] },
  schemas: { folders: ['contracts', 'errors'], npmTypes: ['zod'], npm: [], node: ['crypto'] },
  documents: { folders: ['contracts', 'errors'], npm: ['pdfmake', '@expo-google-fonts'], node: anything },
  providers: {
    folders: ['contracts', 'errors'],
    npm: ['openai', '@anthropic-ai/sdk', '@google/genai'],
    node: anything,
  },
  config: { folders: ['contracts', 'errors'], npm: ['zod', 'yaml'], node: anything },
  client: {
    folders: ['contracts', 'errors', 'journal', 'security'],
    types: ['workflows'],
    npm: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig'],
    node: ['crypto'],
  },
  security: {
    folders: ['contracts', 'errors'],
    npm: ['ioredis', '@temporalio/common', '@aws-sdk/client-s3'],
    node: anything,
  },
  prompts: { folders: ['contracts', 'errors'], npm: ['yaml'], node: anything },
  observability: { folders: ['contracts', 'errors'], npm: ['pino'], node: anything },
  stack: { folders: ['contracts', 'errors'], npm: [], node: anything },
  simulator: { folders: ['contracts'], npm: [], node: anything },
  planning: { folders: ['contracts', 'errors'], npm: [], node: [] },
  evals: { folders: ['contracts', 'errors'], npm: [], node: [] },
  cli: {
    folders: [
      'client',
      'contracts',
      'errors',
      'config',
      'observability',
      'workers',
      'stack',
      'simulator',
      'planning',
      'evals',
    ],
    npm: ['commander', '@temporalio/client'],
    node: anything,
  },
};

const open = ['workers', 'testing'];

function rulesOf([folder, row]) {
  const from = { path: `^src/${folder}/` };
  const own = [folder, ...row.folders];
  const seen = [...own, ...(row.types ?? [])];
  const rules = [
    {
      name: `${folder}-imports-other-folders`,
      comment: `src/${folder} may import ${own.join(', ')}${row.types ? ` and, as types, ${row.types.join(', ')}` : ''}`,
      severity: 'error',
      from,
      to: { path: '^src/', pathNot: `^src/(${seen.join('|')})/` },
    },
    {
      name: `${folder}-imports-packages`,
      comment: `src/${folder} may use ${row.npm.join(', ') || 'no package'}`,
      severity: 'error',
      from,
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        pathNot: `node_modules/(${[...row.npm, ...(row.npmTypes ?? [])].join('|') || '-'})/`,
      },
    },
  ];
  if (row.types) {
    rules.push({
      name: `${folder}-imports-types-only`,
      severity: 'error',
      from,
      to: { path: `^src/(${row.types.join('|')})/`, dependencyTypesNot: ['type-only'] },
    });
  }
  if (row.npmTypes) {
    rules.push({
      name: `${folder}-imports-package-types-only`,
      severity: 'error',
      from,
      to: { path: `node_modules/(${row.npmTypes.join('|')})/`, dependencyTypesNot: ['type-only'] },
    });
  }
  if (row.node !== anything) {
    rules.push({
      name: `${folder}-imports-node`,
      severity: 'error',
      from,
      to: { dependencyTypes: ['core'], pathNot: `^(node:)?(${row.node.join('|') || '-'})$` },
    });
  }
  return rules;
}

module.exports = {
  forbidden: [
    ...Object.entries(rows).flatMap(rulesOf),
    {
      name: 'no-folder-without-a-row',
      comment: 'a new folder below src/ needs a row in .dependency-cruiser.cjs',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${[...Object.keys(rows), ...open].join('|')})/` },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'src-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|dist)/' },
    },
    { name: 'tests-import-the-source', severity: 'error', from: { path: '^(test|bench)/' }, to: { path: '^dist/' } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-packages-in-src',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/testing/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.holdfast|out)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['node', 'require', 'default'] },
  },
};
