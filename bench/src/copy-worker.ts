/** A thread of bandwidth.ts: copies its slice whenever its turn comes, until the control word turns negative. @module */
import { workerData } from "node:worker_threads";
import { type CopyWork, copySlice, DONE, TURN } from "./copy-slice.ts";

const work = workerData as CopyWork;
const control = new Int32Array(work.control);
for (let seen = 0; ; ) {
  Atomics.wait(control, TURN, seen);
  seen = Atomics.load(control, TURN);
  if (seen < 0) break;
  if (copySlice(work)) {
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}
