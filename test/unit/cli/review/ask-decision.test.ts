import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { askDecision, readAnswer } from '../../../../src/cli/review/ask-decision';
import type { TypedDecision } from '../../../../src/cli/review/ask-decision';
import type { PendingApproval } from '../../../../src/contracts/approval';
import { fakeTerminal } from '../fake-terminal';
import { pendingApproval } from '../run-status';
import { draft } from './draft';

/** Plays a person: waits for a prompt, then types. */
class Person {
  readonly input = new PassThrough();
  readonly terminal = fakeTerminal({ isTTY: true });
  readonly elsewhere = new AbortController();
  readonly answer: Promise<TypedDecision | undefined>;
  private seen = 0;

  constructor(approval: PendingApproval = { ...pendingApproval, show: draft }) {
    this.answer = askDecision(approval, {
      input: this.input as unknown as NodeJS.ReadStream,
      output: this.terminal.stream,
      by: 'ana',
      elsewhere: this.elsewhere.signal,
    });
  }

  async sees(prompt: string): Promise<this> {
    while (!this.terminal.written().slice(this.seen).includes(prompt)) await once(this.terminal.stream, 'data');
    this.seen = this.terminal.written().length;
    return this;
  }

  types(text: string): this {
    this.input.write(text);
    return this;
  }
}

const choices = '[a]pprove  [r]eject  [e]dit > ';
const eraseLine = '\u0015';

describe('askDecision', () => {
  test.each(['a\n', 'approve\n', ' A \n'])('takes %j for an approval', async (typed) => {
    const person = await new Person().sees(choices);
    person.types(typed);
    await expect(person.answer).resolves.toEqual({ outcome: 'approved', by: 'ana' });
  });

  test('asks again after an answer it does not know', async () => {
    const person = await new Person().sees(choices);
    await person.types('perhaps\n').sees(choices);
    await person.types('\n').sees(choices);
    person.types('a\n');
    await expect(person.answer).resolves.toMatchObject({ outcome: 'approved' });
  });

  test.each([
    ['too long\n', { outcome: 'rejected', by: 'ana', comment: 'too long' }],
    ['\n', { outcome: 'rejected', by: 'ana' }],
  ])('asks why something is rejected: %j', async (why, decision) => {
    const person = await new Person().sees(choices);
    await person.types('r\n').sees('why');
    person.types(why);
    await expect(person.answer).resolves.toEqual(decision);
  });

  test('lets title and abstract be changed in place', async () => {
    const person = await new Person().sees(choices);
    await person.types('e\n').sees('title, Enter when done > ');
    await person.types(', second edition\n').sees('abstract');
    person.types(`${eraseLine}Shorter.\n`);
    await expect(person.answer).resolves.toEqual({
      outcome: 'edited',
      by: 'ana',
      content: { ...draft, title: 'Scales, second edition', abstract: 'Shorter.' },
    });
  });

  test('asks again when an edit has changed nothing', async () => {
    const person = await new Person().sees(choices);
    await person.types('e\n').sees('title');
    await person.types('\n').sees('abstract');
    await person.types('\n').sees('nothing was changed');
    person.types('a\n');
    await expect(person.answer).resolves.toMatchObject({ outcome: 'approved' });
  });

  test('offers what the approval allows, and no edit of what it cannot show', async () => {
    const allow = ['approve', 'reject'] as const;
    await new Person({ ...pendingApproval, allow }).sees('[a]pprove  [r]eject > ');
    const person = await new Person().sees(choices);
    const other = await new Person({ ...pendingApproval, show: 'text' }).sees('[a]pprove  [r]eject > ');
    for (const one of [person, other]) one.elsewhere.abort();
  });

  test('ends without an answer when somebody decides elsewhere', async () => {
    const person = await new Person().sees(choices);
    person.elsewhere.abort();
    await expect(person.answer).resolves.toBeUndefined();
  });

  test('ends without an answer when the input ends', async () => {
    const person = await new Person().sees(choices);
    person.input.end();
    await expect(person.answer).resolves.toBeUndefined();
  });
});

describe('readAnswer', () => {
  test('knows only what is allowed', () => {
    expect(readAnswer('e', ['approve', 'reject'])).toBeUndefined();
    expect(readAnswer('rej', ['approve', 'reject'])).toBe('reject');
  });
});
