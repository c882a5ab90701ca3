import { createLiveView } from '../../../../src/cli/view/live-view';
import { fakeTerminal } from '../fake-terminal';
import { doneStep, msAt, runStatus, stepStatus } from '../run-status';

const now = (): number => msAt(10);

describe('createLiveView on a terminal', () => {
  const open = (): { view: ReturnType<typeof createLiveView>; written: () => string } => {
    const { stream, written } = fakeTerminal({ isTTY: true });
    return { view: createLiveView({ stream, now }), written };
  };
  const hidden = '\u001b[?25l';
  const shown = '\u001b[?25h';

  test('draws over the last picture', () => {
    const { view, written } = open();
    view.show(runStatus({ steps: [stepStatus()] }));
    expect(written().startsWith(`${hidden}\r\u001b[J`)).toBe(true);
    const before = written().length;
    view.show(runStatus({ steps: [doneStep] }));
    // Head, table head, one step and the sums.
    expect(written().slice(before).startsWith(`${hidden}\u001b[4A\r\u001b[J`)).toBe(true);
  });

  test('keeps what is said above the picture', () => {
    const { view, written } = open();
    view.show(runStatus());
    const before = written().length;
    view.say('a worker has died');
    const added = written().slice(before);
    expect(added.indexOf('a worker has died')).toBeLessThan(added.indexOf('researchReport'));
  });

  test('gives the cursor back when it rests, and begins below the picture afterwards', () => {
    const { view, written } = open();
    view.show(runStatus());
    view.rest();
    expect(written().endsWith(shown)).toBe(true);
    const before = written().length;
    view.show(runStatus());
    expect(written().slice(before)).not.toMatch(/\u001b\[\d+A/);
  });
});

describe('createLiveView elsewhere', () => {
  test('writes one line per change, with the time since the beginning and nothing else', () => {
    const { stream, written } = fakeTerminal({ isTTY: false });
    let time = 0;
    const view = createLiveView({ stream, now: () => time });
    view.show(runStatus({ steps: [stepStatus()] }));
    time = 2_500;
    view.show(runStatus({ steps: [stepStatus()] }));
    view.rest();
    view.show(runStatus({ steps: [doneStep] }));
    expect(written()).toBe(
      ' 0.0 s  research.outline calling: tier 0\n' +
        ' 2.5 s  research.outline done: tier 0, openai-eastus, 2,345 tokens, $0.0059\n',
    );
  });
});
