"""Make the font of formulas in book/assets: of STIX Two Math, the signs that this book may need.

Usage: python -m website.math_font

The whole font has 560 kB; a package of PyPI brings it. A test says when a formula has a sign that
is not here; then it is added to `SIGNS`.
"""

import string
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools import subset

PACKAGES = ("ziamath==0.13", "brotli==1.1.0")  # the font, and how WOFF2 is compressed
FONT = Path("ziamath", "fonts", "STIXTwoMath-Regular.ttf")
TARGET = Path(__file__).parents[1] / "book" / "assets" / "stix-two-math.woff2"
GREEK = "αβγδεζηθικλμνξπρςστυφχψωΓΔΘΛΞΠΣΦΨΩϵϕ"
SIGNS = (
    "°±·¯×÷½ˆ˜˙‖…⋯′″←→⇒∂∇∈∉∏∑−∓∗∘√∝∞∩∪∼≈≠≡≤≥≪≫⊤⋅⌊⌋⏟ℓℒℕℝℤ\N{NO-BREAK SPACE}"
    "\N{FUNCTION APPLICATION}\N{VARIATION SELECTOR-1}"
)
# What browsers draw for a name of one letter: italic Latin, with h at a place of its own, and
# italic small Greek.
ITALIC = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6FC, 0x1D71C)]


def characters():
    """Return the code points that the font covers."""
    printed = string.ascii_letters + string.digits + string.punctuation + " "
    return sorted({*map(ord, printed + GREEK + SIGNS), *ITALIC})


def make(source, target):
    """Write what a font has for these characters, with the sizes of each sign, as WOFF2."""
    options = subset.Options(flavor="woff2", hinting=False, layout_features=[])
    options.drop_tables += ["GDEF", "GPOS", "meta"]
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    subset.save_font(font, target, options)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*install, "--target", folder, *PACKAGES], check=True)
        sys.path.append(folder)
        make(Path(folder, FONT), TARGET)
        print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB")
