import { sourceOf } from '../../../src/workflows/policy/support-source';

describe('sourceOf', () => {
  test.each([
    [{ servedBy: 'openai-eastus' }, 'model'],
    [{ servedBy: 'openai-mini', reason: 'Llm.Overloaded' }, 'model'],
    [{ servedBy: 'cache', reason: 'Llm.Timeout' }, 'cached'],
    [{ servedBy: 'template', reason: 'Llm.Timeout' }, 'template'],
    [{ servedBy: 'template', reason: 'Llm.ContentFiltered' }, 'safe'],
  ])('%j is %s', (served, source) => {
    expect(sourceOf(served)).toBe(source);
  });
});
