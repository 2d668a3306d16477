import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "pool", pool: "forks", setupFiles: ["../../vitest.setup.ts"] },
});
