/**
 * Losses written as text, as a command line takes them.
 *
 *   expression = [ "-" ] term { ( "+" | "-" ) term } ;
 *   term       = [ number "*" ] loss ;
 *   loss       = [ preset ":" ] id [ "(" [ option { "," option } ] ")" ] ;
 *   option     = name "=" value | "loss" "=" expression ;
 *   value      = number | "true" | "false" | word | "[" [ value { "," value } ] "]" | call ;
 *   call       = id "(" [ option { "," option } ] ")" ;
 *   id, preset, word = letter { letter | digit | "-" } ;   name = letter { letter | digit } ;
 *
 * `preset:id(...)` is short for `id(preset=preset, ...)`.
 *
 * Space is free between tokens; a minus between two losses needs it, because ids have hyphens.
 *
 * @module
 */
import { PixelgradError } from "./errors.ts";
import type { Loss, LossOptions, LossSpec, OptionValue } from "./loss.ts";
import { lossFrom } from "./loss-from.ts";
import { isLossSpec } from "./options.ts";
import { WEIGHTED_SUM, weightedSum } from "./weighted-sum.ts";

/**
 * The loss an expression describes: `cross-entropy(ignoreIndex=255) + 0.5*dice`.
 * @throws PixelgradError `EXPRESSION_INVALID` with the position, `LOSS_UNKNOWN`, `OPTION_UNKNOWN`, `OPTION_INVALID`,
 *   `TYPE_MISMATCH` for what is no string.
 */
export function parseLoss(expression: string): Loss {
  if (typeof expression !== "string") {
    const got = String(expression);
    throw new PixelgradError("TYPE_MISMATCH", `A loss expression must be a string, got ${got}.`, {
      expected: "a string",
      got,
    });
  }
  return new ExpressionParser(expression).parse();
}

/** The expression of a loss: `parseLoss(formatLoss(loss))` is the same loss. */
export function formatLoss({ id, options }: LossSpec): string {
  if (id !== WEIGHTED_SUM) return formatCall(id, options);
  const terms = options["terms"] as unknown as readonly (LossSpec & { readonly weight: number })[];
  return terms
    .map((term, i) => {
      const size = Math.abs(term.weight);
      const text = `${size === 1 ? "" : `${size}*`}${formatCall(term.id, term.options)}`;
      const negative = term.weight < 0;
      if (i === 0) return negative ? `-${text}` : text;
      return negative ? ` - ${text}` : ` + ${text}`;
    })
    .join("");
}

function formatCall(id: string, { preset, ...options }: LossOptions): string {
  const name = preset === undefined ? id : `${String(preset)}:${id}`;
  const list = Object.entries(options).map(([option, value]) => {
    const text = option === "loss" && isLossSpec(value) ? formatLoss(value) : formatValue(value);
    return `${option}=${text}`;
  });
  return list.length === 0 ? name : `${name}(${list.join(", ")})`;
}

function formatValue(value: OptionValue): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (!isLossSpec(value)) return String(value);
  const call = formatCall(value.id, value.options);
  // Without parentheses it would be read as a word.
  return call.endsWith(")") ? call : `${call}()`;
}

const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const WORD = /[a-z][a-z0-9:-]*/iy;
const SPACE = /\s*/y;

/** `smp:dice` is the loss `dice` with the preset `smp`. */
function splitPreset(word: string): LossSpec {
  const [first, ...rest] = word.split(":") as [string, ...string[]];
  return rest.length === 0 ? { id: first, options: {} } : { id: rest.join(":"), options: { preset: first } };
}

class ExpressionParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Loss {
    const loss = this.#expression();
    if (!this.#atEnd()) throw this.#expected("'+', '-' or the end");
    return loss;
  }

  #expression(): Loss {
    const terms: [number, Loss][] = [this.#term(this.#take("-") ? -1 : 1)];
    for (;;) {
      const sign = this.#take("+") ? 1 : this.#take("-") ? -1 : undefined;
      if (sign === undefined) break;
      terms.push(this.#term(sign));
    }
    const [[weight, loss]] = terms as [[number, Loss]];
    return terms.length === 1 && weight === 1 ? loss : weightedSum(terms);
  }

  #term(sign: number): [number, Loss] {
    const number = this.#match(NUMBER);
    if (number !== undefined && !this.#take("*")) throw this.#expected("'*' after the weight");
    return [sign * Number(number ?? 1), this.#loss()];
  }

  #loss(): Loss {
    const word = this.#match(WORD);
    if (word === undefined) throw this.#expected("the name of a loss");
    const { id, options } = splitPreset(word);
    return lossFrom({ id, options: { ...options, ...this.#options() } });
  }

  /** The options in parentheses; none without parentheses. */
  #options(): Record<string, OptionValue> {
    const options: Record<string, OptionValue> = {};
    if (!this.#take("(") || this.#take(")")) return options;
    do {
      const name = this.#match(WORD);
      if (name === undefined) throw this.#expected("the name of an option");
      if (Object.hasOwn(options, name)) throw this.#expected(`another option, '${name}' is given twice`);
      if (!this.#take("=")) throw this.#expected(`'=' after ${name}`);
      options[name] = name === "loss" ? this.#lossValue() : this.#value();
    } while (this.#take(","));
    if (!this.#take(")")) throw this.#expected("',' or ')'");
    return options;
  }

  /** A whole expression, as a value. */
  #lossValue(): OptionValue {
    const { id, options } = this.#expression();
    return { id, options };
  }

  #value(): OptionValue {
    if (this.#take("[")) {
      const list: OptionValue[] = [];
      if (this.#take("]")) return list;
      do list.push(this.#value());
      while (this.#take(","));
      if (!this.#take("]")) throw this.#expected("',' or ']'");
      return list;
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    const word = this.#match(WORD);
    if (word === undefined) throw this.#expected("a number, a word or a [list]");
    if (this.#text.startsWith("(", this.#at)) {
      const { id, options } = splitPreset(word);
      return { id, options: { ...options, ...this.#options() } };
    }
    return word === "true" ? true : word === "false" ? false : word;
  }

  #match(pattern: RegExp): string | undefined {
    this.#skipSpace();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #take(symbol: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(symbol, this.#at)) return false;
    this.#at += symbol.length;
    return true;
  }

  #atEnd(): boolean {
    this.#skipSpace();
    return this.#at >= this.#text.length;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #expected(what: string): PixelgradError {
    const rest = this.#text.slice(this.#at);
    return new PixelgradError(
      "EXPRESSION_INVALID",
      `In '${this.#text}', at character ${this.#at + 1}: expected ${what}, got ` +
        `${rest === "" ? "the end" : `'${rest}'`}.`,
      { expression: this.#text, position: this.#at },
    );
  }
}
