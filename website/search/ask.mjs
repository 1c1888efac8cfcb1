// What the search of the built book finds, without a browser: node ask.mjs "loss is nan" "0.693"
import { readFileSync } from "node:fs";
import vm from "node:vm";

const here = (path) => new URL(`../../${path}`, import.meta.url);
const scripts = ["minisearch", "search-words", "search-engine"].map((name) => `book/assets/${name}.js`);
const context = { setTimeout };
context.window = context;
vm.createContext(context);
for (const path of [...scripts, "_build/html/_static/search-index.js"]) {
  vm.runInContext(readFileSync(here(path), "utf8"), context, { filename: path });
}
await context.bookSearch.book.ready;
for (const query of process.argv.slice(2)) {
  const { says, results, wanted } = context.bookSearch.find(query);
  console.log(`${query}\n  words: ${wanted.join(" ")}\n  ${says}`);
  results.forEach(({ section, score }) =>
    console.log(`  ${score.toFixed(1).padStart(7)} ${section.page}#${section.id}`),
  );
}
