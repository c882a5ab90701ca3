/** Words planted where no failure may ever repeat them. */

export const apiKey = 'sk-conformance-quince-90517324';

/** Stands in every prompt. */
export const promptCanary = 'marigold-7319';

/** Stands in what the provider writes for people: such prose quotes prompts and keys. */
export const proseCanary = 'tamarind-4482';

export const prose = `The request about ${proseCanary} was turned away.`;
