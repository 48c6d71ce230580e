"""The doorman of XlsxWriter: the matrix and the counts as a workbook. Same run, same bytes; text stays text."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from accredit.evidence.exports import tables
from accredit.model.attached import NOTHING, Attached
from accredit.model.finding import Outcome
from accredit.model.run import Run
from accredit.model.verdict import Verdict

_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 - one fixed date, of no zone
_STAMP = (1980, 1, 1, 0, 0, 0)
_LONGEST = 32_767
"""Characters in a cell; a spreadsheet leaves out what is longer."""
_CUT = " … (cut; requirements.csv has the whole)"
_WIDTHS = {"id": 13, "title": 60, "reason": 60, "scenarios": 60, "exchanges": 30, "said by people": 60}


def requirements_xlsx(verdict: Verdict, run: Run, attached: Attached = NOTHING) -> Iterator[bytes]:
    """A sheet with a row for each requirement, and one with the counts."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": f"Run {run.id}", "author": "accredit", "created": _CREATED})
        # Quoted, a cell stays text even when somebody edits it: what the wire wrote never becomes a formula.
        head, cell = (
            book.add_format({"bold": True}),
            book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"}),
        )
        _fill(book.add_worksheet("Requirements"), tables.requirements(verdict, run, attached), head, cell)
        _fill(book.add_worksheet("Counts"), counts(verdict, run), head, cell)
    yield from _stored(made)


def counts(verdict: Verdict, run: Run) -> tables.Rows:
    """What the run came to, a line for each fact."""
    yield ("what", "how many, or which")
    yield from (
        ("run", run.id),
        ("provider", run.provider),
        ("environment", run.place),
        ("verdict", verdict.answer.value),
    )
    yield from (("reason", reason) for reason in verdict.reasons)
    for outcome in Outcome:
        yield (f"requirements {outcome.words}", str(sum(j.outcome is outcome for j in verdict.judgements)))
    yield ("requirements set out to judge", str(len(verdict.judgements) - len(verdict.open)))
    yield from ((f"scenarios {stage}", str(count)) for stage, count in verdict.reconciliation.counts.items())
    yield ("exchanges recorded", str(run.exchanges_recorded))
    if verdict.fuzz:
        yield from (
            (f"rounds of fuzzing {o.words}", str(verdict.fuzz.count(o))) for o in Outcome if verdict.fuzz.count(o)
        )


def _fill(sheet: Worksheet, rows: tables.Rows, head: Format, cell: Format) -> None:
    names: tuple[str, ...] = ()
    for number, row in enumerate(rows):
        names = names or tuple(row)
        for column, value in enumerate(row):
            sheet.write_string(number, column, _fitting(value), cell if number else head)
        last = number
    for column, name in enumerate(names):
        sheet.set_column(column, column, _WIDTHS.get(name, 18))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(names) - 1)


def _fitting(value: str) -> str:
    value = value.encode("utf-8", "replace").decode()
    return value if len(value) <= _LONGEST else value[: _LONGEST - len(_CUT)] + _CUT


def _stored(made: io.BytesIO) -> Iterator[bytes]:
    """Packed anew without compression, since compressors differ from machine to machine."""
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _STAMP), source.read(name))
    yield packed.getvalue()
