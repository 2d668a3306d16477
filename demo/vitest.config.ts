import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "demo", pool: "forks", setupFiles: ["../vitest.setup.ts"] },
});
