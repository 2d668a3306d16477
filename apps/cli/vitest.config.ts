import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "cli", pool: "forks", setupFiles: ["../../vitest.setup.ts"] },
});
