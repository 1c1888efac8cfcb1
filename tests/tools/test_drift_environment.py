"""Other versions: uv itself makes the environment, with wheels made here and no network."""

import zipfile

import pytest

from tools.drift import __main__ as drift
from tools.drift import environment, published

NEWEST = dict.fromkeys(environment.NAMES, "")
WHEELS = {
    ("tensorflow", "2.17.1"): ["keras>=3.2", "numpy<2"],
    ("tensorflow", "2.18.1"): ["keras>=3.5", "numpy<2.1"],
    ("tensorflow", "2.21.0"): ["keras>=3.12", "numpy>=1.26"],
    ("keras", "3.3.3"): ["numpy"],
    ("keras", "3.5.0"): ["numpy"],
    ("keras", "3.15.1"): ["numpy"],
    ("numpy", "1.26.4"): [],
    ("numpy", "2.0.2"): [],
    ("numpy", "2.4.6"): [],
    ("altair", "6.0.0"): [],
    ("altair", "6.3.0"): [],
}


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Make a project that depends on a few packages, all of them in a folder of wheels."""
    monkeypatch.chdir(tmp_path)
    for (package, version), needs in WHEELS.items():
        _wheel(tmp_path / "wheels", package, version, needs)
    (tmp_path / "requirements.in").write_text("altair\nnumpy<2.4\ntensorflow\n", encoding="utf-8")
    pins = "altair==6.0.0\nkeras==3.15.1\nnumpy==2.0.2\ntensorflow==2.18.1\n"
    (tmp_path / "requirements.txt").write_text(pins, encoding="utf-8")
    project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["numpy>=2"]\n'
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))  # knows no other package


def _wheel(folder, package, version, needs):
    """Write a wheel that holds nothing but its name, version and requirements."""
    folder.mkdir(exist_ok=True)
    about = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    info = f"{package}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", about + "".join(f"Requires-Dist: {n}\n" for n in needs))
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def resolved(**versions):
    """Return the versions that uv chooses."""
    text = environment.resolve(NEWEST | versions).read_text(encoding="utf-8")
    return dict(line.split("==") for line in text.split())


def test_the_other_packages_stay_as_they_are_pinned(index):
    wanted = {"altair": "6.0.0", "keras": "3.5.0", "numpy": "2.0.2", "tensorflow": "2.18.1"}
    assert resolved(tensorflow="2.18", keras="3.5") == wanted


def test_unnamed_packages_are_the_newest_despite_pins_and_bounds(index):
    wanted = {"altair": "6.0.0", "keras": "3.15.1", "numpy": "2.4.6", "tensorflow": "2.21.0"}
    assert resolved() == wanted


def test_a_numpy_that_is_named_may_be_older_than_lossutils_needs(index):
    assert resolved(tensorflow="2.17", keras="3.3", numpy="1.26")["numpy"] == "1.26.4"


@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        (
            {"tensorflow": "9.9"},
            "expected a version of TensorFlow that can be installed with this Python, "
            "but received 9.9, which does not exist here",
        ),
        (
            {"tensorflow": "2.18", "keras": "3.77"},
            "expected a version of Keras that can be installed with this Python, "
            "but received 3.77, which does not exist here",
        ),
        (
            {"tensorflow": "2.17"},
            "TensorFlow 2.17 cannot be installed with NumPy 2, which lossutils needs",
        ),
        (
            {"tensorflow": "2.18", "keras": "3.3"},
            "TensorFlow 2.18 with Keras 3.3 cannot be installed: "
            "the requirements contradict each other",
        ),
        (
            {"tensorflow": "2.17", "numpy": "2.0"},
            "TensorFlow 2.17 with NumPy 2.0 cannot be installed: "
            "the requirements contradict each other",
        ),
        (
            {"keras": "new"},
            "expected a version of Keras, such as 2.18 of TensorFlow, but received new",
        ),
    ],
)
def test_versions_that_cannot_be_installed_are_one_sentence(index, versions, sentence):
    arguments = [part for name, value in versions.items() for part in (f"--{name}", value)]
    with pytest.raises(SystemExit) as stop:
        drift.main(arguments)
    assert str(stop.value) == f"error: {sentence}"


def test_a_uv_that_fails_otherwise_is_quoted(index, monkeypatch):
    monkeypatch.setenv("UV_FIND_LINKS", "no-such-folder")
    with pytest.raises(environment.InstallError, match=r"^uv stopped with: .*no-such-folder"):
        environment.resolve(NEWEST)


def test_why_there_is_no_run_is_published(index, monkeypatch, tmp_path):
    monkeypatch.setattr(published, "DATA", tmp_path / "drift.json")
    published.DATA.write_text('{"runs": [], "reasons": []}', encoding="utf-8")
    with pytest.raises(SystemExit):
        drift.main(["--tensorflow", "2.17", "--publish"])
    assert published.runs_table(published.load()).splitlines()[-1] == (
        "| 2.17 | – | – | cannot be installed with NumPy 2, which lossutils needs | – | – |"
    )
