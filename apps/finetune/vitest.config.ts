import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "finetune", pool: "forks", setupFiles: ["../../vitest.setup.ts"] },
});
