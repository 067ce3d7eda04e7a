"""What can go wrong with one file, as facts: a stable code and its parameters. Sentences are made at the edge."""

from collections.abc import Mapping

Param = str | int | float


class PipelineError(Exception):
    """A fact about one file."""

    def __init__(self, code: str, params: Mapping[str, Param] | None = None, /, **more: Param) -> None:
        self.code = code
        self.params: dict[str, Param] = {**(params or {}), **more}
        super().__init__(code, self.params)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({told})" if told else self.code


class Refused(PipelineError):  # a fact, not an error of ours
    """The file's own, definite fault: trying again cannot help."""


class Strike(PipelineError):  # as above
    """The child that worked on the file crashed, took too long or hit a limit: maybe the file's fault, maybe not."""
