/** The faults in force, and how often each has struck. */
import { createRandom } from '../random';
import type { Random } from '../random';
import { phaseOf } from './fault';
import type { FaultSpec, StruckOperation } from './fault';
import type { Operation } from '../ledger';
import type { FaultPhase } from './fault-kinds';

/** A fault as the control API lists it. One with `left: 0` stays in the list so that `fired` can be read. */
export type ListedFault = FaultSpec & { readonly id: string; readonly fired: number; readonly left?: number };

/** What a fault looks at to see whether it strikes. */
export interface Struck {
  readonly endpoint: string;
  readonly operation: Operation | StruckOperation;
}

export interface Strike {
  readonly id: string;
  readonly spec: FaultSpec;
}

interface PostedFault extends Strike {
  readonly phase: FaultPhase;
  readonly random: Random;
  fired: number;
}

export class FaultBoard {
  private readonly posted = new Map<string, PostedFault>();
  private lastNumber = 0;

  constructor(private readonly seed: number) {}

  add(spec: FaultSpec): ListedFault {
    this.lastNumber += 1;
    const id = `fault-${this.lastNumber}`;
    const fault = { id, spec, phase: phaseOf(spec), random: createRandom(this.seed, 'fault', id), fired: 0 };
    this.posted.set(id, fault);
    return listed(fault);
  }

  /** The first fault posted that strikes this request in this phase; it counts as fired. */
  take({ endpoint, operation }: Struck, phase: FaultPhase): Strike | undefined {
    for (const fault of this.posted.values()) {
      const { spec } = fault;
      if (fault.phase !== phase || spec.operation !== operation) continue;
      if (spec.endpoint !== '*' && spec.endpoint !== endpoint) continue;
      if (spec.count !== undefined && fault.fired >= spec.count) continue;
      if (spec.probability !== undefined && fault.random.next() >= spec.probability) continue;
      fault.fired += 1;
      return fault;
    }
    return undefined;
  }

  list(): ListedFault[] {
    return [...this.posted.values()].map(listed);
  }

  /** False when there is no such fault. */
  remove(id: string): boolean {
    return this.posted.delete(id);
  }

  clear(): number {
    const count = this.posted.size;
    this.posted.clear();
    return count;
  }
}

function listed({ id, spec, fired }: PostedFault): ListedFault {
  return { id, ...spec, fired, ...(spec.count === undefined ? {} : { left: spec.count - fired }) };
}
