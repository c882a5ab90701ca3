/** How a worker process says that it polls; whoever started it waits for this. */
export const workerReadyText = 'worker is ready on task queue';
