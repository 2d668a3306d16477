/** Runs, when a script of package.json asks for it, what writes a file from the cases of the tests. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { pool: "forks", include: ["test/**/write-*.ts"], testTimeout: 600_000 },
});
