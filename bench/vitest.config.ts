import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "bench", pool: "forks", setupFiles: ["../vitest.setup.ts"] },
});
