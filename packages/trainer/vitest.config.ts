import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "trainer", pool: "forks", setupFiles: ["../../vitest.setup.ts"] },
});
