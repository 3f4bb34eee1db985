"""Small modules in the place of large ones that a library names at its start and a dashboard never uses."""

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def stand_in(name: str, **names: Any) -> None:
    """From now on `name` is a module with these `names`. Where the real one was loaded before, it stays."""
    if name in sys.modules:
        return
    module = ModuleType(name, "A stand-in, see user_dashboard/stand_ins.py.")
    module.__spec__ = ModuleSpec(name, None, is_package=True)
    module.__path__ = []
    module.__dict__.update(names)
    sys.modules[name] = module


class _Later(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def load_later(name: str) -> None:
    """The module `name` is loaded when somebody takes something out of it."""
    if name not in sys.modules:
        sys.modules[name] = _Later(name)
