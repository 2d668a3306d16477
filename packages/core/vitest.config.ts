import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "core", pool: "forks", setupFiles: ["../../vitest.setup.ts"] },
});
