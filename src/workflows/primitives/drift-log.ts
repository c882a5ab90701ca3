import type { DriftStatus, RunStatus } from '../../contracts/status';

/** Turns the status tells of; the latest. */
const shownTurns = 50;

/** What a run tells of the drift of its loops. */
export class DriftLog {
  private readonly turns: DriftStatus[] = [];

  constructor(private readonly show: () => void) {}

  /** Gives what tells later what was done about the turn. */
  open(status: DriftStatus): (action: DriftStatus['action']) => void {
    const record: { -readonly [K in keyof DriftStatus]: DriftStatus[K] } = { ...status };
    this.turns.push(record);
    if (this.turns.length > shownTurns) this.turns.shift();
    this.show();
    return (action) => {
      record.action = action;
      this.show();
    };
  }

  status(): Pick<RunStatus, 'drift'> {
    return this.turns.length === 0 ? {} : { drift: this.turns.map((turn) => ({ ...turn })) };
  }
}
