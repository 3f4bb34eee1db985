"""What every start would find, read and compile anew, ready in one file of the image (decision 0024).

Modules, the methods that dataclasses write as text, and templates: `prepare.py` notes what a start compiles
when the image is built. Where the file is missing, as in a checkout, or of another
Python, or does not have something, Python works as ever.
"""

from __future__ import annotations

import marshal
import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

# This module is loaded the slow way, and so is what it imports.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    Modules = dict[
        str, tuple[str, bool, int, int]
    ]  # path, whether a package, where its code begins, its length
    Texts = dict[str, CodeType]
    Templates = dict[str, CodeType]  # by key and checksum

FILE = __file__.removesuffix(".py") + ".bin"
# Code is good for the very Python, as optimised, that compiled it.
STAMP = f"{sys.implementation.cache_tag} {sys.hexversion:x} -{'O' * sys.flags.optimize}"
SIZE_BYTES = 8  # the file begins with the size of its contents; then come these, then the code of modules


def use(path: str) -> Templates | None:
    """Begin to take from the file at `path`, and return its templates; None where it does not fit."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    size = int.from_bytes(os.pread(file, SIZE_BYTES, 0), "big")
    try:
        stamp, modules, texts, templates = marshal.loads(os.pread(file, size, SIZE_BYTES))  # noqa: S302
    except (EOFError, ValueError, TypeError):
        stamp = "damaged"
    if stamp != STAMP:
        os.close(file)
        return None
    sys.meta_path.insert(0, _Finder(file, SIZE_BYTES + size, modules))
    _take_texts(texts)
    return templates  # type: ignore[no-any-return]


class _Finder:
    """Where a module's code is, without looking through folders."""

    def __init__(self, file: int, begin: int, modules: Modules) -> None:
        self._file, self._begin, self._modules = file, begin, modules

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if name not in self._modules:
            return None
        path, is_package, _, _ = self._modules[name]
        spec = ModuleSpec(name, _Loader(name, path, self), origin=path)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [path.rpartition("/")[0]]
        return spec

    def code_of(self, name: str) -> CodeType:
        _, _, begin, length = self._modules[name]
        return marshal.loads(os.pread(self._file, length, self._begin + begin))  # type: ignore[no-any-return]  # noqa: S302


class _Loader(SourceFileLoader):
    """As for any module in a file, but its code is known."""

    def __init__(self, name: str, path: str, finder: _Finder) -> None:
        super().__init__(name, path)
        self._finder = finder

    def get_code(self, fullname: str) -> CodeType:
        return self._finder.code_of(fullname)


def _take_texts(texts: Texts) -> None:
    import dataclasses
    import inspect
    from types import ModuleType

    class WithoutSignatures(ModuleType):
        """A class without docstring gets its signature as one, which takes longer than its methods."""

        def signature(self, _class: type) -> str:
            return ""

        def __getattr__(self, name: str) -> Any:
            return getattr(inspect, name)

    def execute(text: str, names: dict[str, Any], own_names: dict[str, Any] | None = None) -> None:
        exec(texts.get(text, text), names, own_names)  # noqa: S102 - in the place of what dataclasses calls

    vars(dataclasses).update(exec=execute, inspect=WithoutSignatures("inspect"))
