/**
 * The first module of every thread: imports the worker module that `workerData.entry` names.
 *
 * Piscina would load that with `require`, and Node 20 aborts the whole process when a thread ends while it instantiates an
 * ES module so (v8::Module::IsGraphAsync on a module that is not instantiated): a pool that is closed, or a process that
 * exits, soon after it started. An `import()` may be ended at any time. A module that cannot be loaded fails its jobs.
 */
const { workerData } = require("node:worker_threads");

const loading = import(workerData.entry);
// Jobs report it; without a job nobody needs to know.
loading.catch(() => undefined);

module.exports = async (envelope) => (await loading).default(envelope);
