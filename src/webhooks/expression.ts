import { refuse, tokensOf, type Scalar, type Token } from "./expressionTokens.ts";

/** Names, outermost first: `data.amount` is `["data", "amount"]`. */
export type Path = readonly string[];

/** A filter as it is stored (JSON) and evaluated. */
export type Expression =
  | { readonly op: "and" | "or"; readonly of: readonly Expression[] }
  | { readonly op: "not"; readonly of: Expression }
  | { readonly op: "exists"; readonly path: Path }
  | { readonly op: "in"; readonly path: Path; readonly values: readonly Scalar[] }
  | { readonly op: Comparison; readonly path: Path; readonly value: Scalar };

const symbols = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Comparison = (typeof symbols)[number] | "contains" | "starts with" | "ends with";

/**
 * The size of a filter. Every event of the endpoint's types is looked at by it, and all that it does is bounded: 100 comparisons,
 * each of which walks the event's values once. `contained` because V8 searches for longer texts in a way that took 29 ms instead of
 * 0.1 for one of 1,000 characters in 64 KB that were made for it (measured).
 */
export const expressionLimits = {
  characters: 2_000,
  nodes: 100,
  depth: 10,
  path: 8,
  list: 100,
  contained: 250,
} as const;

/**
 * Reads a filter: `data.amount > 100 and subject.type = "card" and not (actor.id in ["ann", "bob"])`. Throws INVALID_EXPRESSION
 * with the column.
 *
 *   or         = and { "or" and }
 *   and        = not { "and" not }
 *   not        = "not" not | "(" or ")" | comparison
 *   comparison = path "exists" | path "in" "[" value { "," value } "]" | path operator value
 *   operator   = "=" "!=" "<" "<=" ">" ">=" "contains" "starts with" "ends with"
 *   path       = name { "." name | "[" text "]" }
 *   value      = text, number, true, false, null: as in JSON
 */
export function parseExpression(text: string): Expression {
  if (typeof text !== "string") refuse("A filter is text", 1);
  if (text.length > expressionLimits.characters)
    refuse(`A filter has at most ${expressionLimits.characters} characters`, expressionLimits.characters + 1);
  const parser = createParser(tokensOf(text), text.length + 1);
  const expression = parser.or(0);
  parser.end();
  return expression;
}

function createParser(tokens: readonly Token[], endColumn: number) {
  let next = 0;
  let nodes = 0;

  const columnHere = () => tokens[next]?.column ?? endColumn;
  const take = (word: string) => {
    const token = tokens[next];
    const isNext = token?.kind === "word" && token.text === word;
    if (isNext) next++;
    return isNext;
  };
  const demand = (word: string) => take(word) || refuseHere(word);

  return { or, end };

  function or(depth: number): Expression {
    return joined("or", () => joined("and", () => not(depth)));
  }

  function joined(op: "and" | "or", part: () => Expression): Expression {
    const of = [part()];
    while (take(op)) of.push(part());
    return of.length === 1 ? of[0]! : node({ op, of });
  }

  function not(depth: number): Expression {
    // Counted at each `not` and each parenthesis, before the next call: thousands of them do not exhaust the stack.
    if (depth > expressionLimits.depth)
      refuse(`A filter nests at most ${expressionLimits.depth} deep`, columnHere());
    if (take("not")) return node({ op: "not", of: not(depth + 1) });
    if (!take("(")) return comparison();
    const inner = or(depth + 1);
    demand(")");
    return inner;
  }

  function comparison(): Expression {
    const path = readPath();
    if (take("exists")) return node({ op: "exists", path });
    if (take("in")) return node({ op: "in", path, values: list() });
    const column = columnHere();
    const op = operator();
    const value = scalar();
    if (op.endsWith(" with") && typeof value !== "string") refuse(`"${op}" takes text in quotes`, column);
    if (/^[<>]/.test(op) && typeof value !== "string" && typeof value !== "number")
      refuse(`"${op}" takes a number, or text in quotes`, column);
    if (op === "contains" && typeof value === "string" && value.length > expressionLimits.contained)
      refuse(`"contains" takes at most ${expressionLimits.contained} characters`, column);
    return node({ op, path, value });
  }

  function readPath(): Path {
    const column = columnHere();
    const path = [name("the name of a field")];
    for (;;) {
      if (take(".")) path.push(name("a name"));
      else if (take("[")) {
        path.push(quoted());
        demand("]");
      } else break;
    }
    if (path.length > expressionLimits.path)
      refuse(`A path has at most ${expressionLimits.path} names`, column);
    return path;
  }

  function name(what: string): string {
    const token = tokens[next];
    // After the first one any word is a name: `data.in` is no operator.
    if (token?.kind !== "word" || !/^[A-Za-z_]/.test(token.text)) return refuseHere(what);
    next++;
    return token.text;
  }

  function quoted(): string {
    const token = tokens[next];
    if (token?.kind !== "value" || typeof token.value !== "string") return refuseHere("a name in quotes");
    next++;
    return token.value;
  }

  function operator(): Comparison {
    if (take("contains")) return "contains";
    for (const word of ["starts", "ends"] as const) {
      if (take(word)) {
        demand("with");
        return `${word} with`;
      }
    }
    return symbols.find((symbol) => take(symbol)) ?? refuseHere("an operator");
  }

  function list(): Scalar[] {
    const column = columnHere();
    demand("[");
    const values = [scalar()];
    while (take(",")) values.push(scalar());
    demand("]");
    if (values.length > expressionLimits.list)
      refuse(`A list has at most ${expressionLimits.list} values`, column);
    return values;
  }

  function scalar(): Scalar {
    const token = tokens[next];
    if (token?.kind === "value") {
      next++;
      return token.value;
    }
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (take(word)) return value;
    }
    return refuseHere("a value: text in quotes, a number, true, false or null");
  }

  function node(expression: Expression): Expression {
    if (++nodes > expressionLimits.nodes)
      refuse(`A filter has at most ${expressionLimits.nodes} comparisons and connections`, columnHere());
    return expression;
  }

  function end(): void {
    if (next < tokens.length) refuseHere("and, or, or the end");
  }

  function refuseHere(expected: string): never {
    const token = tokens[next];
    const found = token === undefined ? "the end" : token.kind === "word" ? `"${token.text}"` : "a value";
    return refuse(`Expected ${expected}, found ${found}`, columnHere());
  }
}
