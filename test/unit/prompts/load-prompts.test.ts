import { HoldfastError } from '../../../src/errors';
import { loadPrompts } from '../../../src/prompts/load-prompts';
import { promptFolder, promptText, removePromptFolders } from './prompt-folder';

afterEach(removePromptFolders);

const plain = promptText('variables: [topic]', '# user\n\nWrite about {{topic}}.');

/** The problems of one prompt file, without its path. */
function problemsOf(text: string): string[] {
  const folder = promptFolder({ 'a/1/default.md': text });
  try {
    loadPrompts(folder);
  } catch (error) {
    if (error instanceof HoldfastError && error.type === 'Config.Invalid') {
      return error.message.split('\n').map((line) => line.replace(`${folder}/a/1/default.md: `, ''));
    }
    throw error;
  }
  return [];
}

function configInvalid(message: string): Error {
  return expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(message) }) as Error;
}

describe('loadPrompts', () => {
  test('finds prompts by name and version, and says what they take', () => {
    const front = 'variables: [topic]\nparameters: { maxOutputTokens: 900, temperature: 0.5, reasoningEffort: low }';
    const prompts = loadPrompts(
      promptFolder({ 'research/outline/3/default.md': promptText(front, '# user\n{{topic}}') }),
    );
    expect(prompts.get('research/outline@3', 'default')).toEqual({
      ref: 'research/outline@3',
      variant: 'default',
      variables: ['topic'],
      parameters: { maxOutputTokens: 900, temperature: 0.5, reasoningEffort: 'low' },
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('gives the variant when there is one and the default otherwise', () => {
    const prompts = loadPrompts(promptFolder({ 'a/1/default.md': plain, 'a/1/claude.md': plain }));
    expect(prompts.get('a@1', 'claude').variant).toBe('claude');
    expect(prompts.get('a@1', 'small').variant).toBe('default');
  });

  test('the content hash tells files apart that differ in one character', () => {
    const prompts = loadPrompts(promptFolder({ 'a/1/default.md': plain, 'a/2/default.md': `${plain} ` }));
    expect(prompts.get('a@1', 'default').contentHash).not.toBe(prompts.get('a@2', 'default').contentHash);
  });

  test('leaves README files, dot files and other files alone and takes files with foreign line ends', () => {
    const files = {
      'README.md': 'x',
      'a/1/.draft.md': 'x',
      'a/1/notes.txt': 'x',
      'a/1/default.md': plain.replaceAll('\n', '\r\n'),
    };
    expect(loadPrompts(promptFolder(files)).get('a@1', 'default').variables).toEqual(['topic']);
  });

  test.each([
    ['a@2', 'known: a@1'],
    ['b@1', 'known: a@1, c@1'],
    ['a', 'prompt a does not exist'],
    ['__proto__@1', 'does not exist'],
  ])('an unknown prompt %s is answered with those there are', (ref, message) => {
    const prompts = loadPrompts(promptFolder({ 'a/1/default.md': plain, 'c/1/default.md': plain }));
    expect(() => prompts.get(ref, 'default')).toThrow(configInvalid(message));
  });

  test('lists the problems of all files at once', () => {
    const folder = promptFolder({
      'a/1/default.md': promptText('variables: [topic, extra]', '# user\n{{topic}}'),
      'b/1/claude.md': plain,
      'misplaced.md': plain,
    });
    expect(() => loadPrompts(folder)).toThrow(
      new HoldfastError(
        'Config.Invalid',
        [
          `${folder}/a/1/default.md: variables.1: "extra" is not used in the body`,
          `${folder}/misplaced.md: expected prompts at <name>/<version>/<variant>.md`,
          `${folder}/b/1/default.md: b@1 needs a default variant`,
        ].join('\n'),
      ),
    );
  });

  test('variants must take the same variables, or a fallback would fail on its variables', () => {
    const folder = promptFolder({
      'a/1/default.md': plain,
      'a/1/small.md': promptText('variables: [subject]', '# user\n{{subject}}'),
      'a/1/claude.md': promptText('variables: [topic]\nuntrusted: [topic]', '# user\n{{topic}}'),
    });
    expect(() => loadPrompts(folder)).toThrow(
      configInvalid('a/1/small.md: variables: expected those of default.md (topic)'),
    );
    expect(() => loadPrompts(folder)).toThrow(configInvalid('a/1/claude.md: untrusted: expected those of default.md'));
  });

  test('variants must be written for the same schema, or a fallback would answer something else', () => {
    const front = 'variables: [topic]\nschema: Outline';
    const folder = promptFolder({ 'a/1/default.md': promptText(front, '# user\n{{topic}}'), 'a/1/small.md': plain });
    expect(() => loadPrompts(folder)).toThrow(
      configInvalid('a/1/small.md: schema: expected that of default.md (Outline), received none'),
    );
  });

  test('lists prompts, and the variants that have a file of their own, the default one first', () => {
    const files = { 'b/2/claude.md': plain, 'b/2/default.md': plain, 'a/1/default.md': plain };
    const prompts = loadPrompts(promptFolder(files));
    expect(prompts.refs).toEqual(['a@1', 'b@2']);
    expect(prompts.variantsOf('b@2')).toEqual(['default', 'claude']);
    expect(() => prompts.variantsOf('b@1')).toThrow(configInvalid('prompt b@1 does not exist'));
  });

  test('says that the folder is missing or empty', () => {
    expect(() => loadPrompts('/nowhere/prompts')).toThrow(configInvalid('/nowhere/prompts cannot be read (ENOENT)'));
    expect(() => loadPrompts(promptFolder({}))).toThrow(configInvalid('no prompts found'));
  });

  test.each([
    ['no front matter', '# user\nHi', 'front matter: the file must begin with a block between two lines "---"'],
    ['broken YAML', promptText('variables: [a', '# user\nHi'), 'front matter: '],
    [
      'a key given twice',
      promptText('variables: []\nvariables: []', '# user\nHi'),
      'front matter: Map keys must be unique',
    ],
    [
      'an unknown key',
      promptText('model: gpt', '# user\nHi'),
      'model: unknown key (known: variables, untrusted, schema, parameters), received "gpt"',
    ],
    [
      'a schema that is no name',
      promptText('schema: { type: object }', '# user\nHi'),
      'schema: expected the name of an output schema, received {"type":"object"}',
    ],
    [
      'variables that are no list',
      promptText('variables: topic', '# user\nHi'),
      'variables: expected a list of names, received "topic"',
    ],
    [
      'a name with a dash',
      promptText('variables: [a-b]', '# user\nHi'),
      'variables.0: expected a name of letters, digits and _, received "a-b"',
    ],
    ['a name given twice', promptText('variables: [a, a]', '# user\n{{a}}'), 'variables.1: "a" is there twice'],
    [
      'an unknown untrusted name',
      promptText('untrusted: [a]', '# user\nHi'),
      'untrusted.0: "a" is not among the variables',
    ],
    [
      'an unknown parameter',
      promptText('parameters: { top_p: 1 }', '# user\nHi'),
      'parameters.top_p: unknown key (known: maxOutputTokens, temperature, seed, reasoningEffort), received 1',
    ],
    [
      'no room for an answer',
      promptText('parameters: { maxOutputTokens: 0 }', '# user\nHi'),
      'parameters.maxOutputTokens: expected a positive whole number, received 0',
    ],
    [
      'an effort nobody knows',
      promptText('parameters: { reasoningEffort: max }', '# user\nHi'),
      'parameters.reasoningEffort: expected one of none, minimal, low, medium, high, received "max"',
    ],
    [
      'a fraction as output cap',
      promptText('parameters: { maxOutputTokens: 0.5 }', '# user\nHi'),
      'parameters.maxOutputTokens: expected a positive whole number, received 0.5',
    ],
    [
      'a temperature as text',
      promptText('parameters: { temperature: hot }', '# user\nHi'),
      'parameters.temperature: expected a number from 0 to 2, received "hot"',
    ],
    ['no sections', promptText('{}', 'Hi'), 'body: text before the first "# system" or "# user" line: "Hi"'],
    ['an empty section', promptText('{}', '# system\n\n# user\nHi'), '# system: the section is empty'],
    [
      'a system section only',
      promptText('{}', '# system\nHi'),
      'body: expected "# system" (optional), then "# user" and "# assistant" in turn, "# user" last; received # system',
    ],
    [
      "an answer put into the model's mouth",
      promptText('{}', '# user\nHi\n# assistant\nHo'),
      'received # user, # assistant',
    ],
    ['a variable not declared', promptText('{}', '# user\n{{a}}'), '# user: {{a}} is not declared in variables'],
    ['a variable not used', promptText('variables: [a]', '# user\nHi'), 'variables.0: "a" is not used in the body'],
    ['logic', promptText('variables: [a]', '# user\n{{a}}{{#if a}}x{{/if}}'), '# user: "{{#if a}}" is no {{variable}}'],
    [
      'a list inside a list',
      promptText('variables: [a]', '# user\n{{#each a}}{{#each b}}x{{/each}}{{/each}}'),
      '"{{#each b}}" is no',
    ],
    ['a list that is not closed', promptText('variables: [a]', '# user\n{{a}}{{#each a}}x'), '"{{#each a}}" is no'],
    [
      'untrusted text in the system section',
      promptText('variables: [a]\nuntrusted: [a]', '# system\n{{a}}\n# user\nHi'),
      '# system: {{a}} is untrusted and may stand in a user section only',
    ],
    [
      'untrusted text within a line',
      promptText('variables: [a]\nuntrusted: [a]', '# user\nSay {{a}}'),
      '# user: {{a}} is untrusted and must stand on lines of its own',
    ],
    [
      'an untrusted list within a line',
      promptText('variables: [a]\nuntrusted: [a]', '# user\n- {{#each a}}{{.}}{{/each}}'),
      'must stand on lines of its own',
    ],
  ])('refuses %s', (_, text, problem) => {
    expect(problemsOf(text)).toContainEqual(expect.stringContaining(problem));
  });
});

describe('the shipped prompts', () => {
  const prompts = loadPrompts('prompts');

  test.each(['default', 'claude', 'small'])('plan, write and put together a report in the %s variant', (variant) => {
    const outline = prompts.render(
      prompts.get('research/outline@1', variant),
      {
        topic: 'Listening',
        sectionCount: 4,
        chapters: [{ number: 2, title: 'Elements', words: 9, excerpt: 'Melody and rhythm.' }],
      },
      'key',
    ).messages[0]?.content;
    expect(outline).toContain('exactly 4 sections');
    expect(outline).toContain('\n[chapter 2: Elements] Melody and rhythm.\n');
    const section = prompts.render(
      prompts.get('research/section@1', variant),
      {
        topic: 'Listening',
        heading: 'Rhythm',
        question: 'What is it?',
        passages: [{ chapter: 2, chapterTitle: 'Elements', text: 'Rhythm is order.' }],
      },
      'key',
    ).messages[0]?.content;
    expect(section).toContain('\n[chapter 2: Elements] Rhythm is order.\n');
    const synthesis = prompts.render(
      prompts.get('research/synthesize@1', variant),
      {
        topic: 'Listening',
        sourceTitle: 'How to Listen',
        sections: [{ heading: 'Rhythm', summary: 'It is order.' }],
      },
      'key',
    ).messages[0]?.content;
    expect(synthesis).toContain('## Rhythm\n\nIt is order.\n');
  });

  test.each(['research/outline@1', 'research/section@1', 'research/synthesize@1'])(
    '%s tells models what fences mean and asks for JSON',
    (ref) => {
      for (const variant of ['default', 'claude', 'small']) {
        const prompt = prompts.get(ref, variant);
        expect(prompt.variant).toBe(variant);
        const variables = Object.fromEntries(prompt.variables.map((name) => [name, /s$/.test(name) ? [] : 'x']));
        const { system } = prompts.render(prompt, variables, 'key');
        expect(system).toMatch(/<<<BEGIN/);
        expect(system).toMatch(/JSON object/);
      }
    },
  );
});
