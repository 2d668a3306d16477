/** Where pieces run: an ordered engine over worker threads, and losses on it. */
import "./errors.ts";

export type { ArrayType } from "./array-types.ts";
export { availableCpus } from "./cpus.ts";
export { LossPool, type LossPoolOptions, type PoolCallOptions, type PoolLevelsOptions } from "./loss-pool.ts";
export { OrderedPool, type OrderedPoolOptions, type RunOptions } from "./ordered-pool.ts";
export { type Cancelled, type Envelope, type Reply, type Serve, serveJobs } from "./protocol.ts";
export { sharedDoubles } from "./shared-doubles.ts";
