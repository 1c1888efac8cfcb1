// Make book/assets/explorers.js. Usage: npm ci && npm run build
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { readFileSync, writeFileSync } from "node:fs";

const target = new URL("../../book/assets/explorers.js", import.meta.url).pathname;

// What Vega brings and no explorer uses: maps, files, colour schemes, dates.
const UNUSED = /^(d3-geo|topojson-client|d3-dsv|d3-scale-chromatic)$/;
const without = {
  name: "without",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: "unused" }));
    onLoad({ filter: /.*/, namespace: "unused" }, async ({ path }) => {
      const empty = ([name, value]) =>
        `export const ${name} = ${typeof value === "function" ? "() => null" : "[]"};`;
      const names = Object.entries(await import(path)).filter(([name]) => name !== "default");
      return { contents: names.map(empty).join("\n") };
    });
  },
};

await build({
  entryPoints: [new URL("src/explorers.js", import.meta.url).pathname],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  outfile: target,
  plugins: [without],
  legalComments: "none",
});
console.log(`${target}: ${gzipSync(readFileSync(target), { level: 9 }).length} bytes in gzip`);
