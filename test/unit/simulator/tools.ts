/** Two tools, and a question that only the second one fits. */

export const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
  required: ['city', 'days'],
  additionalProperties: false,
};
export const tools = [
  { name: 'search_books', description: 'Looks for a book.' },
  { name: 'get_weather', description: 'Tells the weather of a place.' },
];
export const question = 'What will the weather be?';
export const result = '{"sky":"clear"}';
export const expectedArguments = { city: expect.any(String), days: expect.any(Number) };
