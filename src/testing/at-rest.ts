// Rest without a clock: everything of a cluster in this process runs in microtasks, immediates and requests to the
// thread pool, so it is at rest when the event loop has turned and none of these is left.

/** Work of the process that will call back by itself; sockets and timers are not among it. */
const isWork = (resource: string): boolean => resource === "Immediate" || /^FSReq|REQUEST$/i.test(resource);
/** Loops of this file that wait for their turn: their immediates are nobody's work. */
let turning = 0;

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    turning++;
    setImmediate(() => {
      turning--;
      resolve();
    });
  });

/** Resolves once nothing is left to do without time passing; false: it did not end within so many turns. */
export async function comesToRest(mostTurns: number): Promise<boolean> {
  for (let turns = 0; turns < mostTurns; turns++) {
    await turn();
    if (process.getActiveResourcesInfo().filter(isWork).length <= turning) return true;
  }
  return false;
}
