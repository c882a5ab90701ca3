/** Numbers as the scripts read them: little-endian doubles in one argument, as each argument of its own costs time. */
export function packNumbers(numbers: readonly number[]): Buffer {
  const packed = Buffer.allocUnsafe(numbers.length * 8);
  for (let i = 0; i < numbers.length; i++) packed.writeDoubleLE(numbers[i] as number, i * 8);
  return packed;
}
