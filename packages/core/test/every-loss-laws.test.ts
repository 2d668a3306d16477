/** Every loss keeps every law, but for the exceptions that say why; and each of those is needed. */
import { type LossCase, lossCases } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { exceptionTo, isExcepted, lawExceptions } from "./law-exceptions.ts";
import { type Law, type LawName, laws } from "./laws.ts";
import { namedCases } from "./named-cases.ts";

const all = Object.entries(laws) as [LawName, Law][];

function concerns({ concerns }: Law, lossCase: LossCase): boolean {
  return concerns?.(lossCase) ?? true;
}

describe.each(namedCases)("%s", (_, lossCase) => {
  for (const [name, law] of all) {
    if (concerns(law, lossCase) && exceptionTo(name, lossCase) === undefined) {
      test(law.title, () => law.hold(lossCase));
    }
  }
});

/** Each exception with the cases that it alone excuses. */
const excuses = lawExceptions.flatMap((exception) =>
  exception.laws.flatMap((name) => {
    const law: Law = laws[name];
    const others = lawExceptions.filter((other) => other !== exception && other.laws.includes(name));
    const excused = lossCases.filter(
      (one) =>
        isExcepted(exception, one) && concerns(law, one) && !others.some((other) => isExcepted(other, one)),
    );
    return excused.length === 0 ? [] : [{ name, law, excused, why: exception.why }];
  }),
);

test.each(excuses)("the exception to $name is needed: $why", ({ law, excused }) => {
  const broken = excused.filter((lossCase) => {
    try {
      law.hold(lossCase);
      return false;
    } catch {
      return true;
    }
  });
  expect(broken).not.toEqual([]);
});
