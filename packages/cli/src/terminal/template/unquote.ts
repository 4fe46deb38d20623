const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** The value of a Go string or character literal, quotes included in `literal`; undefined where an escape is none of Go's. */
export function unquote(literal: string): string | undefined {
  const delimiter = literal[0] as string;
  const inner = literal.slice(1, -1);
  if (delimiter === "`") return inner;
  let isValid = true;
  const text = inner.replace(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)/gu,
    (_, code: string) => {
      if (code.length > 1)
        return String.fromCodePoint(Number.parseInt(code.replace(/^[xuU]/, ""), /^[xuU]/.test(code) ? 16 : 8));
      const plain = code === delimiter ? delimiter : simple[code];
      isValid &&= plain !== undefined;
      return plain ?? "";
    },
  );
  return isValid ? text : undefined;
}
