"""Tables for spreadsheets: the matrix, the contract's coverage, the generated cases. What the wire wrote is never a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from accredit.model.attached import NOTHING, Attached
from accredit.model.coverage import Coverage
from accredit.model.fuzzing.again import again
from accredit.model.run import Run
from accredit.model.verdict import Judgement, Verdict

Rows = Iterable[Sequence[str]]
"""The first has the names of the columns."""


def requirements(verdict: Verdict, run: Run, attached: Attached = NOTHING) -> Rows:
    """The matrix, a row for each requirement, none left out."""
    yield ("id", "title", "level", "kind", "source", "provenance", "verified by", "production", "environment", "outcome",
           "set out to judge", "reason", "scenarios", "exchanges", "said by people")  # fmt: skip
    for j in verdict.judgements:
        r = j.requirement
        yield (r.id, r.title, r.level, " ".join(r.kind), r.source, r.provenance, r.verified, r.production, run.environment, j.outcome.words,
               "yes" if j.in_scope else "no", j.reason, " | ".join(f.scenario for f in j.findings), " ".join(map(str, exchange_numbers(j))),
               " | ".join(attached.told(j)))  # fmt: skip


def fuzz_cases(run: Run) -> Rows:
    """Every generated case, those that passed as well: what it tried, how it went, and how to send it again."""
    yield (
        "case",
        "operation",
        "phase",
        "fits the contract",
        "tries",
        "went",
        "status",
        "exchanges",
        "findings",
        "again",
    )
    for c in run.fuzzed.cases:
        yield (c.id, c.operation, c.phase, "yes" if c.mode == "positive" else "no", c.description, c.reached, str(c.status or ""),
               " ".join(map(str, c.exchanges)), " ".join(c.failures), again(run.header, c.id))  # fmt: skip


def contract_coverage(coverage: Coverage) -> Rows:
    """Every item of the contract, a row each, and why it was not exercised."""
    yield ("operation", "part", "body", "name", "keyword", "exercised", "reason")
    for i in coverage.items:
        yield (i.subject, i.part.value, i.body, i.name, i.word, "yes" if i.times else "no", i.why)


def csv_of(rows: Rows) -> Iterator[bytes]:
    """The rows as CSV (RFC 4180, but that lines end in a line feed), one by one."""
    writer = csv.writer(_Passing(), lineterminator="\n")
    for row in rows:
        line: str = writer.writerow(map(plain, row))
        yield line.encode("utf-8", "replace")


def plain(value: str) -> str:
    """A cell that is text to every spreadsheet: they run what begins like a formula, and the wire must not get to write one."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def exchange_numbers(judgement: Judgement) -> list[int]:
    """Every exchange that a requirement's findings rest on."""
    return sorted({number for finding in judgement.findings for number in finding.exchanges})


class _Passing:
    """A file that keeps nothing: `writerow` gives what `write` gives."""

    def write(self, text: str) -> str:
        return text
