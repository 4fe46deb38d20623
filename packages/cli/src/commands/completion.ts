import { TdockError } from "@tdock/errors/error";
import { defineCommand, exactly } from "../command.ts";
import { own } from "../registry/entry.ts";

const scripts: Readonly<Record<string, string>> = {
  // Bash breaks words at colons, which stand in the names of images: the line is split anew, and what bash takes for
  // earlier words is cut off again.
  bash: `_tdock() {
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} words word
  read -ra words <<<"$line"
  [[ $line != *' ' ]] || words+=("")
  word=\${words[-1]}
  IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(tdock __complete -- "\${words[@]:1}" 2>/dev/null)" -- "$word"))
  [[ $COMP_WORDBREAKS != *:* ]] || COMPREPLY=("\${COMPREPLY[@]#"\${word%"\${word##*:}"}"}")
}
complete -o default -F _tdock tdock
`,
  zsh: `#compdef tdock
_tdock() {
  local -a words_left
  words_left=("\${(@f)$(tdock __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a words_left
}
compdef _tdock tdock
`,
  fish: `complete -c tdock -f -a '(tdock __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

export const completion = defineCommand({
  usage: "bash|zsh|fish",
  operands: exactly(1),
  flags: {},
  async run(cli, { args: [shell = ""] }) {
    const script = own(scripts, shell);
    if (script === undefined) {
      throw new TdockError("invalid-argument", `no completion for ${shell}: must be one of "bash", "zsh" or "fish"`);
    }
    cli.out.print(script);
    return 0;
  },
});
