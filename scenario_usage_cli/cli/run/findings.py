"""What `doctor` finds: a line for each check, at once, or one JSON document of all checks."""

from dataclasses import dataclass, field

from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.errors import ExitCode, ScenarioUsageError
from scenario_usage_cli.render.check import Check, format_check
from scenario_usage_cli.render.json import write_json


@dataclass
class Findings:
    """Collects the checks of a run; `code` is the exit code of the first one that failed."""

    runtime: Runtime
    as_json: bool = False
    code: ExitCode = field(default=ExitCode.DONE)
    warnings: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)

    def passed(self, check: str, found: str) -> None:
        """Add a check that found nothing wrong."""
        self._add(Check(check, passed=True, found=found, hint=None))

    def failed(self, check: str, error: ScenarioUsageError) -> None:
        """Add a check that failed, with the error that ends every other command."""
        self._add(Check(check, passed=False, found=error.message, hint=error.hint))
        self.code = self.code or error.exit_code

    def end(self) -> None:
        """Write the document of all checks, if JSON was asked for."""
        if not self.as_json:
            return
        document = {
            "schema_version": 1,
            "report": "doctor",
            "generated_at": format_instant(self.runtime.now()),
            "passed": self.code is ExitCode.DONE,
            "exit_code": int(self.code),
            "checks": [self._mask(row)._asdict() for row in self.checks],
            "warnings": list(map(self._clean, self.warnings)),
        }
        indented = self.runtime.stdout.isatty()
        write_output(None, self.runtime, lambda out: write_json(document, out, indented=indented))

    def _add(self, row: Check) -> None:
        self.checks.append(row)
        if self.as_json:
            return
        medium = self.runtime.build_medium(to_stdout=True, top=None)
        told = format_check(self._mask(row), medium)
        write_output(None, self.runtime, lambda out: print(told, file=out, end=""))

    def _mask(self, row: Check) -> Check:
        """The same without the secrets that an answer may repeat."""
        clean = self._clean
        return row._replace(found=clean(row.found), hint=row.hint and clean(row.hint))

    def _clean(self, text: str) -> str:
        return self.runtime.redactor.text(self.runtime.hide(text))
