"""What templates are compiled to, kept in a dictionary that one process writes into a file for others."""

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class TemplateCodes(BytecodeCache):
    """`codes`: by name and content, so that a template that changed is another one."""

    def __init__(self, codes: dict[str, CodeType]) -> None:
        self.codes = codes

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get(_name(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.codes[_name(bucket)] = bucket.code


def _name(bucket: Bucket) -> str:
    return f"{bucket.key} {bucket.checksum}"
