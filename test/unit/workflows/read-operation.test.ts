import { readOperation } from '../../../src/workflows/policy/read-operation';

const parked = [
  { step: 'a', occurrence: 0 },
  { step: 'b', occurrence: 1 },
  { step: 'b', occurrence: 3 },
];

describe('readOperation', () => {
  test.each([
    [{ step: 'a', kind: 'resume', by: 'ana' }, 0],
    [{ step: 'b', occurrence: 3, kind: 'skip', by: 'ana' }, 3],
    [{ step: 'a', kind: 'answer', by: 'ana', value: null }, 0],
  ])('takes %j', (value, occurrence) => {
    expect(readOperation(value, parked)).toMatchObject({ ok: true, operation: value, place: { occurrence } });
  });

  test.each([
    [null, /expected an object/],
    [[], /expected an object/],
    ['resume', /expected an object/],
    [{ step: 'a', kind: 'resume', by: 'ana', force: true }, /unknown field "force"/],
    [{ step: 1, kind: 'resume', by: 'ana' }, /step: expected the name/],
    [{ step: 'a', kind: 'resume', by: ' ' }, /by: expected who/],
    [{ step: 'a', kind: 'retry', by: 'ana' }, /kind: expected one of/],
    [{ step: 'a', kind: 'answer', by: 'ana' }, /value: expected with "answer"/],
    [{ step: 'a', kind: 'skip', by: 'ana', value: 1 }, /value: expected with "answer"/],
    [{ step: 'c', kind: 'skip', by: 'ana' }, /c is not parked \(parked: a #0, b #1, b #3; say which/],
    [{ step: 'b', kind: 'skip', by: 'ana' }, /b is not parked/],
    [{ step: 'b', occurrence: 2, kind: 'skip', by: 'ana' }, /b #2 is not parked/],
  ])('refuses %j by name', (value, message) => {
    expect(readOperation(value, parked)).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  });

  test('says so when nothing is parked', () => {
    expect(readOperation({ step: 'a', kind: 'skip', by: 'ana' }, [])).toMatchObject({
      ok: false,
      message: 'operation: step: a is not parked; no step is',
    });
  });
});
