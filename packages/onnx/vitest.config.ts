import { defineProject } from "vitest/config";

export default defineProject({
  test: { name: "onnx", pool: "forks", setupFiles: ["../../vitest.setup.ts"] },
});
