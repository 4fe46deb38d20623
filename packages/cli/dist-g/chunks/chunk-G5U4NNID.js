import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/terminal/printer.ts
function createPrinter(name) {
  const stream = () => process[name];
  const printer = {
    get isTerminal() {
      return stream().isTTY === true;
    },
    get columns() {
      return stream().columns;
    },
    print: (text) => printer.printRaw(printer.isTerminal ? escapeControls(text) : text),
    printRaw: (text) => {
      stream().write(text);
    }
  };
  return printer;
}
function escapeControls(text) {
  return text.replace(/[^\P{Cc}\t\n]/gu, (character) => {
    return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`;
  });
}

export {
  createPrinter,
  escapeControls
};
