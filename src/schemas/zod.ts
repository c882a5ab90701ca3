import type { z } from 'zod';

/** The zod module. `workers` hands it in, so that one copy of zod makes and runs all schemas. */
export type Zod = typeof z;
