"""The browser libraries that we carry are exactly those that the manifests name."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SCRIPT = REPOSITORY / "tools" / "vendor-assets"


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--check", "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def copied_vendor_folders(root: Path) -> list[Path]:
    folders = []
    for manifest in REPOSITORY.glob("*/static/vendor/manifest.json"):
        folder = root / manifest.parent.relative_to(REPOSITORY)
        shutil.copytree(manifest.parent, folder)
        folders.append(folder)
    return folders


def test_the_committed_files_are_those_of_the_manifests() -> None:
    result = check(REPOSITORY)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    folder = next(f for f in copied_vendor_folders(tmp_path) if "web_shared" in f.parts)
    with (folder / "plotly-basic.min.js").open("a") as file:
        file.write("alert(1)")
    result = check(tmp_path)
    assert result.returncode == 1
    assert "plotly-basic.min.js is not the file of plotly.js-basic-dist-min" in result.stderr


def test_a_missing_and_an_additional_file_are_named(tmp_path: Path) -> None:
    folder = next(f for f in copied_vendor_folders(tmp_path) if "overview" in f.parts)
    (folder / "tabulator.min.js").unlink()
    (folder / "stray.js").write_text("")
    result = check(tmp_path)
    assert result.returncode == 1
    assert "tabulator.min.js is missing" in result.stderr
    assert "stray.js stands in no manifest" in result.stderr


def test_what_was_made_of_another_entry_is_named(tmp_path: Path) -> None:
    folder = next(f for f in copied_vendor_folders(tmp_path) if "overview" in f.parts)
    manifest = folder / "manifest.json"
    content = json.loads(manifest.read_text())
    content["packages"][0]["files"]["tabulator.min.js"]["entry_sha256"] = "0" * 64
    manifest.write_text(json.dumps(content))
    result = check(tmp_path)
    assert result.returncode == 1
    assert "tabulator.min.js was made of another tools/vendor-entries/tabulator.mjs" in result.stderr


def test_every_library_comes_with_its_licence() -> None:
    for manifest in REPOSITORY.glob("*/static/vendor/manifest.json"):
        for package in json.loads(manifest.read_text())["packages"]:
            assert any(name.endswith("LICENSE") for name in package["files"]), package["name"]
            assert package["licence"]
