// Make book/assets/explorers.js, and the licences of what is in it. Usage: npm ci && npm run build
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../book/assets/explorers.js", import.meta.url));
const notice = target.replace(".js", "-licences.txt");

// What Vega brings and no explorer uses: maps, files, colour schemes, dates. Each export is left empty.
const UNUSED = /^(d3-geo|topojson-client|d3-dsv|d3-scale-chromatic|d3-time|d3-time-format|vega-time)$/;
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

function licence(name) {
  const folder = `${here}node_modules/${name}/`;
  const { version, license } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].find((f) => existsSync(folder + f));
  if (!file) throw new Error(`${name} has no licence`);
  const text = readFileSync(folder + file, "utf8").replaceAll("\r", "").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

const { metafile } = await build({
  entryPoints: [`${here}src/explorers.js`],
  absWorkingDir: here,
  bundle: true,
  minify: true,
  metafile: true,
  format: "iife",
  target: "es2020",
  outfile: target,
  plugins: [without],
  legalComments: "none",
  banner: { js: "/* Made by website/explorers; licences: explorers-licences.txt beside this file. */" },
});

const packages = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .filter(([path, { bytesInOutput }]) => bytesInOutput && path.includes("node_modules/"))
  .map(([path]) => path.split("node_modules/").at(-1).split("/")[0]);
const names = [...new Set(packages)].sort();
writeFileSync(notice, names.map(licence).join(`\n${"-".repeat(80)}\n\n`));
console.log(`${gzipSync(readFileSync(target), { level: 9 }).length} bytes in gzip, ${names.length} packages`);
