import { readDevInput } from '../../../../src/cli/dev/dev-input';

describe('readDevInput', () => {
  test('is the shipped example when nothing is asked for', async () => {
    await expect(readDevInput({})).resolves.toMatchObject({ source: 'books/how-to-listen-to-music.txt', sections: 5 });
  });

  test('changes the example as options say', async () => {
    await expect(readDevInput({ topic: 'Fugues', sections: '2' })).resolves.toEqual({
      topic: 'Fugues',
      source: 'books/how-to-listen-to-music.txt',
      sections: 2,
    });
  });

  test('takes a whole input, which options still change', async () => {
    const input = '{"topic": "Fugues", "source": "books/b.txt"}';
    await expect(readDevInput({ input, sections: '3' })).resolves.toEqual({
      topic: 'Fugues',
      source: 'books/b.txt',
      sections: 3,
    });
  });

  test.each([
    [{ sections: 'many' }, 'sections: expected a whole number from 1 to 12, received "many"'],
    [{ sections: '-1' }, 'received "-1"'],
    [{ sections: '99' }, 'received 99'],
    [{ topic: 'x' }, 'topic: expected text of 3 to 200 characters, received "x"'],
    [{ input: '[]', topic: 'Fugues' }, 'input: expected an object'],
    [{ input: '{"topic": "Fugues"}' }, 'source: expected'],
  ])('refuses %j by name and value', async (options, message) => {
    await expect(readDevInput(options)).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringContaining(message),
    });
  });
});
