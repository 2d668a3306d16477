import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "dataset", pool: "forks", setupFiles: ["../../vitest.setup.ts"] },
});
