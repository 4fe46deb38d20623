import { describe, expect, it } from "vitest";
import { compileTemplate } from "./template.ts";
import type { Value } from "./value.ts";

const data: Value = {
  Name: "web",
  Count: 3,
  Big: 1732425600123456789n,
  Ratio: 0.5,
  On: true,
  None: null,
  List: ["a", "b", "c"],
  Map: { b: "2", a: "1" },
  Nested: { Deep: { Value: "x" } },
  Label: (name: Value) => `label ${String(name)}`,
};

const render = (source: string) => compileTemplate(source).render(data);

describe("compileTemplate", () => {
  it.each([
    ["plain {{ .Name }} text", "plain web text"],
    ["{{.Nested.Deep.Value}}", "x"],
    ["{{json .Map}}", '{"b":"2","a":"1"}'],
    ["{{json .Big}} {{.Big}}", "1732425600123456789 1732425600123456789"],
    ["{{json .Name}}{{json .None}}", '"web"null'],
    ["{{.None}}", "<no value>"],
    ["{{.Map}} {{.List}}", "map[a:1 b:2] [a b c]"],
    ["{{range .List}}<{{.}}>{{end}}", "<a><b><c>"],
    ["{{range $i, $v := .List}}{{$i}}={{$v}} {{end}}", "0=a 1=b 2=c "],
    ["{{range $k, $v := .Map}}{{$k}}={{$v}};{{end}}", "a=1;b=2;"],
    ["{{range .None}}x{{else}}empty{{end}}", "empty"],
    ['{{range .List}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}', "ac"],
    ['{{range .List}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', "a"],
    ["{{if and .On (gt .Count 2)}}yes{{else}}no{{end}}", "yes"],
    ["{{if .None}}1{{else if eq .Count 3}}2{{else}}3{{end}}", "2"],
    ["{{with .Nested.Deep}}{{.Value}}{{end}}", "x"],
    ["{{with .None}}a{{else}}b{{end}}", "b"],
    ["{{with $x := .Count}}{{$x}}{{end}}", "3"],
    ["{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"],
    ["{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"],
    ['{{.Name | upper | printf "%q"}}', '"WEB"'],
    ['{{index .List 1}}{{index .Map "a"}}', "b1"],
    ['{{index .Map "missing"}}', ""],
    ['{{(index .List 0) | printf "%s-%s" "n"}}', "n-a"],
    ["{{len .List}}{{len .Name}}{{len .None}}", "330"],
    ['{{join .List ", "}}', "a, b, c"],
    ['{{range split "a,b" ","}}[{{.}}]{{end}}', "[a][b]"],
    ['{{title "hello world"}} {{lower "ABC"}}', "Hello World abc"],
    ["[{{pad .Name 1 2}}]", "[ web  ]"],
    ["{{truncate .Name 2}}", "we"],
    ["{{slice .Name 1 3}} {{slice .List 1}}", "eb [b c]"],
    ["{{println .Name .Count}}", "web 3\n"],
    ['{{print 1 2 "a" "b" 3}}', "1 2ab3"],
    ['{{printf "%5d|%-5s|%05.1f|%x|%v|%t" 42 "ab" 3.14159 255 .List true}}', "   42|ab   |003.1|ff|[a b c]|true"],
    ['{{printf "%d" "x"}}', "%!d(string=x)"],
    ['{{printf "%s"}}', "%!s(MISSING)"],
    ['{{not .On}} {{or .None "x"}} {{and .On .None}}', "false x <no value>"],
    ['{{eq .Name "a" "web"}} {{ne .Count 3}} {{lt 1 2}} {{le 2 2}} {{ge 1 2}}', "true false true true false"],
    ["a  {{- /* note */ -}}  b {{- .Name -}} c", "abwebc"],
    ['{{.Label "com.example"}}', "label com.example"],
    ["{{$.Name}}{{range .List}}{{$.Count}}{{end}}", "web333"],
    ['{{define "t"}}<{{.}}>{{end}}{{template "t" .Name}}', "<web>"],
    ['{{block "t" .Name}}<{{.}}>{{end}}', "<web>"],
    ["{{`raw {{ }}`}}{{'a'}}{{\"tab\\t\"}}", "raw {{ }}97tab\t"],
    ['{{html "<a>"}} {{urlquery "a b&c"}}', "&lt;a&gt; a+b%26c"],
    ["{{range 3}}{{.}}{{end}}", "012"],
    ['{{printf "%X|%#x|% x|%#X|%O|%#b" 255 255 "ab" "hi" 8 5}}', "FF|0xff|61 62|0X6869|0o10|0b101"],
    ['{{printf "%[2]d %[1]d|%[1]*[2]d|%d" 3 5}}', "5 3|  5|%!d(BADINDEX)"],
    ['{{printf "%q %q %+q %#q %#U" (split "a b" " ") 65 "é" "a" 66}}', `["a" "b"] 'A' "\\u00e9" \`a\` U+0042 'B'`],
    ['{{printf "%#v %#v" "a" (split "a b" " ")}}{{printf "%"}}', '"a" []string{"a", "b"}%!(NOVERB)'],
    [
      '{{.Ratio}} {{0.00001}} {{12345678.9}} {{printf "%g %.3g %G" 0.0000001 1234.5 1e-7}}',
      "0.5 1e-05 1.23456789e+07 1e-07 1.23e+03 1E-07",
    ],
    [`{{title "o'neil x-y foo_bar ß 1st éa"}}`, "O'Neil X-Y Foo_bar ß 1st Éa"],
    ['{{truncate "日本語" 3}}{{truncate "é" 1}}{{truncate "ab" 9}}', "日ab"],
    ["{{js `=&<>'`}} {{json `\u2028`}}", `\\u003D\\u0026\\u003C\\u003E\\' "\\u2028"`],
    ["{{0b11}} {{0o17}} {{0x1F}} {{'é'}}", "3 15 31 233"],
    [
      "{{.}}",
      "map[Big:1732425600123456789 Count:3 List:[a b c] Map:map[a:1 b:2] Name:web Nested:map[Deep:map[Value:x]] None:<nil> On:true Ratio:0.5]",
    ],
  ])("renders %s", (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  it.each([
    ["{{.Missing}}", 'template: :1:2: executing "" at <.Missing>: map has no entry for key "Missing"'],
    ["{{.constructor}}", 'template: :1:2: executing "" at <.constructor>: map has no entry for key "constructor"'],
    ["{{.Nested.__proto__}}", 'executing "" at <.Nested.__proto__>: map has no entry for key "__proto__"'],
    ["{{.Name.First}}", "can't evaluate field First in type string"],
    ["{{foo .}}", 'template: :1: function "foo" not defined'],
    ["{{constructor .}}", 'function "constructor" not defined'],
    ["{{.Name", "template: :1: unclosed action"],
    ["{{if .On}}x", "template: :1: unexpected EOF"],
    ["x{{end}}", "template: :1: unexpected {{end}}"],
    ["{{}}", "template: :1: missing value for command"],
    ['{{"open}}', "template: :1: unterminated quoted string"],
    ["{{.Name | 1}}", "non executable command in pipeline stage 2"],
    ["{{$x}}", 'undefined variable "$x"'],
    ["{{index .List 9}}", "error calling index: index out of range: 9"],
    ["{{len .Count}}", "error calling len: len of type int"],
    ["{{upper .Count}}", "wrong type for value; expected string; got int"],
    ["{{join .List}}", "wrong number of args for join: want 2 got 1"],
    ["{{eq .Name .Count}}", "error calling eq: incompatible types for comparison"],
    ["{{break}}", "{{break}} outside {{range}}"],
    ["{{nil}}", "nil is not a command"],
    ["{{truncate .Name -1}}", "error calling truncate: runtime error: slice bounds out of range [:-1]"],
    ["{{pad .Name -1 1}}", "error calling pad: strings: negative Repeat count"],
    ["{{'ab'}}", "malformed character constant: 'ab'"],
    ["{{'}}", "unterminated character constant"],
    ['{{"\\z"}}', "invalid syntax"],
    ["{{/* a", "unclosed comment"],
    ["{{/* a */ .Name}}", "comment ends before closing delimiter"],
    ['{{template "t"}}', 'template "t" not defined'],
  ])("refuses %s", (source, message) => {
    expect(() => render(source)).toThrow(message);
  });
});

describe("renderHeader", () => {
  it("leaves titles as they are where a function reshapes values", () => {
    expect(
      compileTemplate("{{upper .Name}}\t{{json .Id}}\t{{.Unknown}}").renderHeader({ Name: "Name", Id: "Id" }),
    ).toBe("Name\tId\t<no value>");
  });
});
