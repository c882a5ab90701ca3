import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsOf } from '../../../bench/conformance/case';
import { cases } from '../../../bench/conformance/cases';
import { documentOf } from '../../../bench/conformance/document';
import { targets } from '../../../bench/conformance/targets';

const document = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'conformance.md'), 'utf8');

describe('docs/conformance.md', () => {
  test('lists the cases there are, in their order', () => {
    const listed = [...document.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id);
    expect(listed).toEqual(cases.map(({ id }) => id));
  });

  test('is what npm run conformance -- --write-docs writes', () => {
    expect(document).toBe(documentOf(cases));
  });
});

describe('cases', () => {
  test('have ids of one form, each of them once', () => {
    const ids = cases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(?:\/[a-z0-9-]+){1,2}$/.test(id))).toEqual([]);
  });

  test('say in a sentence what happens', () => {
    expect(cases.filter(({ title }) => !/^[`\dA-Z].*\.$/.test(title)).map(({ id, title }) => [id, title])).toEqual([]);
  });

  test('can be played, each at every provider it names', () => {
    const unplayed = cases.filter((one) => {
      const played = new Set(runsOf([one], targets).map(({ target }) => target.name));
      return one.targets.length === 0 || one.targets.some((name) => !played.has(name));
    });
    expect(unplayed.map(({ id }) => id)).toEqual([]);
  });

  test('are at least 200, at each provider at least 100', () => {
    const runs = runsOf(cases, targets);
    expect(cases.length).toBeGreaterThanOrEqual(200);
    for (const name of Object.keys(targets)) {
      expect(new Set(runs.filter(({ target }) => target.name === name).map((run) => run.case.id)).size).toBeGreaterThan(
        100,
      );
    }
  });
});
