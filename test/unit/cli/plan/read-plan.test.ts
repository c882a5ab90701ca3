import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPlanFile } from '../../../../src/cli/plan/read-plan-file';
import { readPlanOptions } from '../../../../src/cli/plan/read-plan-options';

describe('readPlanOptions', () => {
  test('reads what is said about each step, whatever the order', () => {
    const read = readPlanOptions({
      pipeline: 'research-report',
      perHour: '1_200',
      tokens: ['research.section=1,800/900'],
      seconds: ['research.section=7.5'],
      calls: ['research.outline=0', 'research.section=4'],
    });
    expect(read).toEqual({
      name: 'research-report',
      perHour: 1_200,
      fromUsual: true,
      calls: [
        { step: 'research.outline', calls: 0 },
        { step: 'research.section', calls: 4, inputTokens: 1_800, outputTokens: 900, seconds: 7.5 },
      ],
    });
  });

  test.each([
    [{}, /what is to be planned\? give --pipeline/],
    [{ pipeline: 'p', perHour: 'x' }, /--per-hour: expected a number above 0, received "x"/],
    [{ pipeline: 'p', perHour: '-3' }, /--per-hour: expected a number above 0, received "-3"/],
    [{ pipeline: 'p', count: '1.5' }, /--count: expected a whole number above 0, received "1.5"/],
    [{ pipeline: 'p', calls: ['write'] }, /--calls: expected <step>=<value>, received "write"/],
    [{ pipeline: 'p', calls: ['write=many'] }, /--calls write: expected a number of 0 or more, received "many"/],
    [{ pipeline: 'p', tokens: ['write=1800'] }, /--tokens write: expected <input>\/<output> tokens .* received "1800"/],
    [{ pipeline: 'p', tokens: ['write=1800/x'] }, /--tokens write: expected a whole number of 0 or more, received "x"/],
    [{ pipeline: 'p', seconds: ['write=0'] }, /--seconds write: expected a number above 0, received "0"/],
  ])('%j is wrong usage that says what was expected', (options, says) => {
    expect(() => readPlanOptions(options)).toThrow(says);
  });
});

describe('readPlanFile', () => {
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'holdfast-plan-'))));
  afterAll(() => rmSync(directory, { recursive: true }));
  const fileWith = (text: string): string => {
    const file = join(directory, 'plan.yaml');
    writeFileSync(file, text);
    return file;
  };

  test('reads YAML, and JSON as well', () => {
    const read = readPlanFile(
      fileWith(`
pipelines:
  - name: digest
    count: 4_000
    steps:
      - { step: research.section, calls: 4, inputTokens: 1800, outputTokens: 900, seconds: 8 }
      - { pool: mini, inputTokens: 600 }
  - { name: researchReport, perHour: 12.5 }
`),
    );
    const digest = {
      name: 'digest',
      count: 4_000,
      fromUsual: false,
      calls: [
        { step: 'research.section', calls: 4, inputTokens: 1_800, outputTokens: 900, seconds: 8 },
        { pool: 'mini', inputTokens: 600 },
      ],
    };
    expect(read).toEqual([digest, { name: 'researchReport', perHour: 12.5, fromUsual: true, calls: [] }]);
    const json = JSON.stringify({ pipelines: [{ name: 'digest', count: 4_000, steps: digest.calls }] });
    expect(readPlanFile(fileWith(json))).toEqual([digest]);
  });

  test('tells every problem with its place', () => {
    const text = `
pipelines:
  - { name: a, perhour: 3, steps: [{ calls: -1 }, { step: "", pool: smart, inputTokens: 1.5 }] }
  - { perHour: often, steps: [] }
`;
    const told = (): unknown => readPlanFile(fileWith(text));
    expect(told).toThrow(
      expect.objectContaining({
        type: 'Config.Invalid',
        message: [
          'pipelines[0]: unknown key "perhour", did you mean "perHour"?',
          'pipelines[0].steps[0]: expected a step or a pool',
          'pipelines[0].steps[0].calls: expected a number of 0 or more, received -1',
          'pipelines[0].steps[1].step: expected a name, received ""',
          'pipelines[0].steps[1].inputTokens: expected a whole number of 0 or more, received 1.5',
          'pipelines[1].name: is missing, expected a name',
          'pipelines[1].perHour: expected a number above 0, received "often"',
          'pipelines[1].steps: expected a list with at least one entry',
        ]
          .map((line) => `${join(directory, 'plan.yaml')}: ${line}`)
          .join('\n'),
      }),
    );
  });

  test.each([
    ['pipelines: {', /line 1, column/],
    ['', /expected a map with pipelines/],
    ['[]', /expected a map with pipelines/],
    ['pipelines: 3', /pipelines: expected a list with at least one entry/],
  ])('%j is refused', (text, says) => {
    expect(() => readPlanFile(fileWith(text))).toThrow(says);
  });

  test('a file that is not there is wrong usage', () => {
    expect(() => readPlanFile(join(directory, 'none.yaml'))).toThrow(/--file: there is no file ".*none\.yaml"/);
  });
});
