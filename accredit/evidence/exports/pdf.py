"""The doorman of typst: `report.pdf`, the verdict and the matrix on paper. Same journal, same bytes, on every machine."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from accredit.evidence.archive import digest
from accredit.evidence.exports.pages import pages
from accredit.model.attached import NOTHING, Attached
from accredit.model.errors import AccreditError
from accredit.model.provider import Provider
from accredit.model.run import Run
from accredit.model.verdict import Verdict

NAME = "report.pdf"
_TEMPLATE = "report.typ"
# Archivable, and readable by a screen reader. Of the archivable kinds the third may carry the data it was made from.
_STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]


def report_pdf(
    templates: Path,
    provider: Provider,
    run: Run,
    verdict: Verdict,
    journal: list[Path],
    bundle: str,
    attached: Attached = NOTHING,
) -> Iterator[bytes]:
    """The report on paper.

    Args:
        journal: Every segment of the run's journal, the main one first. Its digest is on every page.
    """
    told = pages(provider, run, verdict, {path.name: digest(path) for path in journal}, bundle, attached)
    yield typeset(templates, told, _moment(run))


def typeset(templates: Path, told: Mapping[str, Any], moment: int) -> bytes:
    """What `pages` tells, set by the template. Values go in as data and are never read as typst.

    Args:
        moment: Seconds since 1970, UTC: when the document says that it was made.

    Raises:
        AccreditError: it could not be set, a fault of ours.
    """
    data = json.dumps(told, ensure_ascii=False)
    try:
        return typst.compile(
            templates / _TEMPLATE,
            root=templates,
            ignore_system_fonts=True,  # the fonts in the compiler are the same everywhere
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=_STANDARDS,
            timestamp=moment,
        )
    except typst.TypstError as wrong:
        raise AccreditError(f"{NAME} could not be set from reports/{_TEMPLATE} ({wrong.message}), so nothing was sealed; "
                            "the records are kept: report the fault, then `accredit report` the run's folder.") from None  # fmt: skip


def _moment(run: Run) -> int:
    """When the run ended, or began if it never did: the clock of the machine that renders says nothing."""
    at = str(run.footer["finished_at"] if run.footer else run.header["started_at"])
    return int(datetime.fromisoformat(at).timestamp())
