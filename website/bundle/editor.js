// The editor of the exercises: of CodeMirror, only what a short Python program needs.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

// Tab leaves the editor, as it leaves every field of a page. Enter keeps the indentation.
export function edit({ code, label, check, run, changed }) {
  const key = (name, work) => ({ key: name, run: () => Boolean(work()) || true });
  return new EditorView({
    doc: code,
    extensions: [
      keymap.of([key("Ctrl-Enter", check), key("Mod-Enter", check), key("Shift-Enter", run)]),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      [history(), lineNumbers(), EditorView.lineWrapping, python(), indentUnit.of("    ")],
      [indentOnInput(), bracketMatching(), syntaxHighlighting(classHighlighter)],
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of(({ docChanged }) => docChanged && changed()),
    ],
  });
}
