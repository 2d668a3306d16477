/** A YAML mapping that knows its file and lines, so that every complaint about it can name them. */
import { nearestName, PixelgradError } from "@pixelgrad/core";
import { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";

/** One mapping of a YAML file: the top level, or the value of a key. */
export interface YamlMapping {
  readonly path: string;
  /** The mapping's entries in file order, as plain data. */
  readonly entries: ReadonlyMap<string, unknown>;
  /** The mapping that a key holds. */
  nested(key: string): YamlMapping;
  /** Throws `DATA_KEY_UNKNOWN` unless every key is one of `known`. */
  checkKeys(known: readonly string[]): void;
  /** Throws `DATA_YAML_INVALID`: `key` should have been `expected`. */
  invalid(key: string, expected: string): never;
}

/**
 * Parses the text of `path`.
 * @throws PixelgradError `DATA_YAML_INVALID` with the line when it is not YAML, or not a mapping.
 */
export function parseYamlMapping(path: string, text: string): YamlMapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors[0];
  if (syntax) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    throw new PixelgradError(
      "DATA_YAML_INVALID",
      `Expected YAML in ${path}, but line ${line}, column ${col} is not: ${syntax.message}`,
      { path, key: "", line },
    );
  }
  let root: unknown;
  try {
    root = document.toJS();
  } catch (cause) {
    // yaml stops aliases that would expand without end here, not while it parses.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PixelgradError(
      "DATA_YAML_INVALID",
      `Expected plain YAML in ${path}, but its aliases cannot be resolved: ${reason}`,
      { path, key: "", line: 1 },
      { cause },
    );
  }

  function lineOf(keys: readonly string[]): number {
    let node: unknown = document.contents;
    let offset = isNode(node) ? node.range?.[0] : 0;
    for (const key of keys) {
      if (!isMap(node)) break;
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (!pair) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    }
    return lines.linePos(offset ?? 0).line || 1;
  }

  function mapping(keys: readonly string[], value: unknown): YamlMapping {
    const entries = new Map<string, unknown>(Object.entries(value ?? {}));
    return {
      path,
      entries,
      nested(key) {
        const inner = entries.get(key);
        if (!isPlainMapping(inner)) this.invalid(key, "a mapping, key: value");
        return mapping([...keys, key], inner);
      },
      checkKeys(known) {
        for (const key of entries.keys()) {
          if (known.includes(key)) continue;
          const nearest = nearestName(key, known);
          const line = lineOf([...keys, key]);
          const name = [...keys, key].join(".");
          throw new PixelgradError(
            "DATA_KEY_UNKNOWN",
            `Expected one of the keys ${known.join(", ")}, got "${name}" (${path}, line ${line}). Did you mean "${nearest}"?`,
            { path, key: name, nearest, line },
          );
        }
      },
      invalid(key, expected) {
        const name = [...keys, key].join(".");
        const line = lineOf([...keys, key]);
        const got = entries.has(key) ? `, got ${shown(entries.get(key))}` : ", and it is missing";
        throw new PixelgradError(
          "DATA_YAML_INVALID",
          `Expected "${name}" to be ${expected}${got} (${path}, line ${line}).`,
          { path, key: name, line },
        );
      },
    };
  }

  if (!isPlainMapping(root) || !isCollection(document.contents)) {
    throw new PixelgradError(
      "DATA_YAML_INVALID",
      `Expected a mapping with the keys train, val and names in ${path}, got ${text.trim() === "" ? "an empty file" : shown(root)}.`,
      { path, key: "", line: 1 },
    );
  }
  return mapping([], root);
}

function isPlainMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A value for a message: JSON, cut at 60 characters. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
