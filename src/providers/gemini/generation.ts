/** What changed with Gemini 3. A model nobody has heard of is taken for one of the newest. */
const beforeGemini3 = /^(?:models\/)?gemini-(?:1|2)/;

export function isBeforeGemini3(model: string): boolean {
  return beforeGemini3.test(model);
}
