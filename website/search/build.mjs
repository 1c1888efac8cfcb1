// Make book/assets/minisearch.js, and the licences of what is in it. Usage: npm ci && npm run build
import { build } from "esbuild";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../book/assets/minisearch.js", import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${here}package.json`, "utf8"));

function licence(name) {
  const folder = `${here}node_modules/${name}/`;
  const { version, license } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const file = ["LICENSE.txt", "LICENSE", "license"].find((f) => existsSync(folder + f));
  if (!file) throw new Error(`${name} has no licence`);
  const text = readFileSync(folder + file, "utf8").replaceAll("\r", "").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

const contents = `
  export { default as MiniSearch } from "minisearch";
  export { stemmer } from "stemmer";`;
await build({
  stdin: { contents, resolveDir: here },
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "searchLibraries",
  target: "es2020",
  outfile: target,
  legalComments: "none",
  banner: { js: "/* Made by website/search; licences: minisearch-licences.txt beside this file. */" },
});
const licences = Object.keys(dependencies).map(licence).join(`\n${"-".repeat(80)}\n\n`);
writeFileSync(target.replace(".js", "-licences.txt"), licences);
