/** What work costs, whatever else the machine does meanwhile: a bound on it fails for the work's own sake only. */

/** CPU time that this process spends while `work` runs, ms. Its own threads count, other processes do not. */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
