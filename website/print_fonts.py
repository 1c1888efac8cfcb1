"""Make the fonts of the printed book in website/fonts: of each, the signs that a page may need.

Usage: python -m website.print_fonts

The PDF must not depend on the fonts of the machine that prints it. The packages of npm are large;
what stays of them is small. Two tests say when a sign is missing: then it is added to `SIGNS`, or
to `CHINESE`, and this program is run again.
"""

import string
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont

from website import math_font

TARGET = Path(__file__).parent / "fonts"
VERSION = "5.3.0"  # of all packages of @fontsource
# The name of a file: the package, the weight and slant, and the alphabets that it is made from.
ALPHABETS = ("latin", "greek")
FONTS = {
    "text": ("stix-two-text", "400-normal", ALPHABETS),
    "text-italic": ("stix-two-text", "400-italic", ALPHABETS),
    "text-bold": ("stix-two-text", "700-normal", ALPHABETS),
    "text-bold-italic": ("stix-two-text", "700-italic", ALPHABETS),
    "sans": ("source-sans-3", "400-normal", ALPHABETS),
    "sans-bold": ("source-sans-3", "600-normal", ALPHABETS),
    "code": ("iosevka", "400-normal", ("latin",)),
    "code-bold": ("iosevka", "700-normal", ("latin",)),
    "chinese": ("noto-sans-sc", "400-normal", ("*",)),
}
LICENCES = {
    "stix-two": "stix-two-text",
    "source-sans-3": "source-sans-3",
    "iosevka": "iosevka",
    "noto-sans-sc": "noto-sans-sc",
}
LATIN = "".join(map(chr, range(0xA0, 0x180))) + "‐‑–—‘’‚“”„…‹›•"
SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⅓←→⇒−√∞≈≠≤≥✓✗·×÷"
# Two of the documents that the book takes apart are written in Chinese.
CHINESE = (
    "【】，。不与中之习事于些你值关函向型夕失学实导度式张指损損收敛数方来杨模流测深用"
    "的真知离裡距道那量面预"
)
EVERY = string.printable.strip() + " " + LATIN + math_font.GREEK + SIGNS


def unpack(package, folder):
    """Fetch a package from npm; return the folder of its files."""
    name = f"@fontsource/{package}@{VERSION}"
    done = subprocess.run(
        ["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True, text=True
    )
    with tarfile.open(folder / done.stdout.strip()) as archive:
        archive.extractall(folder / package, filter="data")
    return folder / package / "package"


def pieces(package, kind, alphabets, folder, signs):
    """Yield files with what each file of a package has of these signs, no sign twice."""
    left = set(map(ord, signs))
    for alphabet in alphabets:
        for path in sorted((folder / "files").glob(f"{package}-{alphabet}-{kind}.woff2")):
            present = left & set(TTFont(path).getBestCmap())
            if present:
                left -= present
                piece = path.with_suffix(".ttf")
                cut(path, piece, present)
                yield piece


def cut(source, target, characters, flavor=None):
    """Write what a font has for these characters."""
    options = subset.Options(flavor=flavor, hinting=False, layout_features=["kern", "mark"])
    options.drop_tables += ["GDEF", "meta", "STAT"]
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    subset.save_font(font, target, options)


def make(name, folder):
    """Write one font of the book."""
    package, kind, alphabets = FONTS[name]
    signs = CHINESE if name == "chinese" else EVERY
    files = [*map(str, pieces(package, kind, alphabets, folder, signs))]
    whole = Path(files[0]).with_name(f"{name}.ttf")
    merge.Merger().merge(files).save(whole)
    cut(whole, TARGET / f"{name}.woff2", set(map(ord, signs)), "woff2")


def main():
    """Make all of them, and one of signs from the font of formulas; copy their licences."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*install, "--target", folder, *math_font.PACKAGES], check=True)
        sys.path.append(name)
        cut(folder / math_font.FONT, TARGET / "signs.woff2", set(map(ord, SIGNS)), "woff2")
        packages = {package: unpack(package, folder) for package in LICENCES.values()}
        for licence, package in LICENCES.items():
            text = (packages[package] / "LICENSE").read_text(encoding="utf-8")
            (TARGET / f"{licence}.LICENSE.txt").write_text(text, encoding="utf-8")
        for font, (package, *_) in FONTS.items():
            make(font, packages[package])
    for path in sorted(TARGET.glob("*.woff2")):
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
