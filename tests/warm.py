"""What the process holds that others are forked from: every module of accredit and of what it uses, and the compiled templates.

Neither a suite nor a plugin that pytest itself is to import: each run imports its own.
"""

import gc
from importlib import import_module

from accredit.cli import COMMANDS
from accredit.evidence.render import pages_from, texts_from
from accredit.suite.forking import WHEN_NEEDED
from accredit.suite.places import reports_folder

_FUZZING = ("accredit.suite.fuzzing.chance", "accredit.suite.fuzzing.generator")
_PAGES = ("report.html.j2", "report.css", "report.js")

for _name in (*(f"accredit.cli.{command}" for command in COMMANDS), *WHEN_NEEDED, *_FUZZING):
    import_module(_name)
for _page in (
    *_PAGES,
    *(path.relative_to(reports_folder()).as_posix() for path in reports_folder().glob("report/*.j2")),
):
    pages_from(reports_folder()).get_template(_page)
for _text in ("summary.md.j2", "tickets/ticket.md.j2"):
    texts_from(reports_folder()).get_template(_text)
gc.freeze()  # what is shared by all is nobody's to collect
