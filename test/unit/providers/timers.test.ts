import { startTimers } from '../../../src/providers/timers';
import type { CallTimers } from '../../../src/providers/timers';

const timeouts = { connectMs: 100, firstTokenMs: 400, idleMs: 200, callMs: 2_000, stepMs: 9_000 };

describe('startTimers', () => {
  let caller: AbortController;
  let timers: CallTimers;

  beforeEach(() => {
    jest.useFakeTimers();
    caller = new AbortController();
    timers = startTimers(timeouts, caller.signal);
  });
  afterEach(() => {
    timers.stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  test('fires connect until the request is written', () => {
    jest.advanceTimersByTime(99);
    expect(timers.signal.aborted).toBe(false);
    jest.advanceTimersByTime(2);
    expect([timers.fired, timers.signal.aborted]).toEqual(['connect', true]);
  });

  test('fires firstToken when nothing comes after the request', () => {
    jest.advanceTimersByTime(99);
    timers.sent();
    jest.advanceTimersByTime(399);
    expect(timers.fired).toBeUndefined();
    jest.advanceTimersByTime(2);
    expect(timers.fired).toBe('firstToken');
  });

  test('lets signs of life extend firstToken, up to the call timer', () => {
    timers.sent();
    for (let elapsedMs = 0; elapsedMs < 1_800; elapsedMs += 300) {
      jest.advanceTimersByTime(300);
      timers.active();
    }
    expect(timers.fired).toBeUndefined();
    jest.advanceTimersByTime(201);
    expect(timers.fired).toBe('call');
  });

  test('fires idle after the first content, not before', () => {
    timers.active();
    jest.advanceTimersByTime(300);
    timers.content();
    jest.advanceTimersByTime(199);
    timers.active();
    jest.advanceTimersByTime(199);
    expect(timers.fired).toBeUndefined();
    jest.advanceTimersByTime(2);
    expect(timers.fired).toBe('idle');
  });

  test('takes an answer that comes before the request is written for a connection', () => {
    timers.active();
    jest.advanceTimersByTime(399);
    expect(timers.fired).toBeUndefined();
  });

  test('follows the caller, with its reason, and fires nothing afterwards', () => {
    const reason = new Error('cancelled');
    caller.abort(reason);
    expect(timers.signal.reason).toBe(reason);
    timers.active();
    timers.content();
    jest.advanceTimersByTime(5_000);
    expect(timers.fired).toBeUndefined();
  });

  test('follows a caller that has aborted before', () => {
    const late = startTimers(timeouts, caller.signal);
    late.stop();
    caller.abort();
    expect(late.signal.aborted).toBe(false);
    expect(startTimers(timeouts, caller.signal).signal.aborted).toBe(true);
  });

  test('is silent after stop', () => {
    timers.sent();
    timers.stop();
    timers.active();
    timers.content();
    jest.advanceTimersByTime(5_000);
    caller.abort();
    expect([timers.fired, timers.signal.aborted]).toEqual([undefined, false]);
  });

  test('takes delays longer than Node’s longest for its longest', () => {
    const patient = startTimers({ ...timeouts, connectMs: 2 ** 40, callMs: 2 ** 40 }, caller.signal);
    jest.advanceTimersByTime(1_000_000);
    expect(patient.fired).toBeUndefined();
    patient.stop();
  });
});
