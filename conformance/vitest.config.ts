import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "conformance", pool: "forks", setupFiles: ["../vitest.setup.ts"] },
});
