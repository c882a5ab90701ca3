export { createSchemaRegistry } from './create-schema-registry';
export type { Zod } from './zod';
