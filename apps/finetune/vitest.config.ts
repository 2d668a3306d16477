import { defineProject } from "vitest/config";

export default defineProject({
  test: {
    name: "finetune",
    pool: "forks",
    setupFiles: ["../../vitest.setup.ts"],
    // Whole runs of the program on real threads: seconds each, and several times that on a busy machine.
    testTimeout: 60_000,
  },
});
