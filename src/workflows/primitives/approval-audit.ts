import type { AuditEntry } from '../../contracts/approval';

/** What anybody can make happen any number of times is kept up to here; the rest is counted. */
const mostUnbidden = 1_000;

/** Everything that happened to the approvals of one run, in order. */
export class AuditLog {
  readonly entries: AuditEntry[] = [];
  /** Refusals and repetitions that were not kept. */
  omitted = 0;
  private unbidden = 0;

  add(entry: Omit<AuditEntry, 'at'>): void {
    if (entry.event === 'refused' || entry.event === 'repeated') {
      this.unbidden += 1;
      if (this.unbidden > mostUnbidden) {
        this.omitted += 1;
        return;
      }
    }
    this.entries.push({ at: new Date().toISOString(), ...entry });
  }
}
