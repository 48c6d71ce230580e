"""What a document promises of each operation, in one shape whether OpenAPI 3 or Swagger 2.0 says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accredit.model.drift.access import Alternatives
from accredit.model.drift.document import Document, Node

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, or a header of an answer.

    Attributes:
        style: How several values are written: OpenAPI's style, and whether each is written apart.
    """

    name: str
    place: str
    required: bool
    schema: tuple[Node, ...]
    style: tuple[str, bool]
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent with a request, or comes with a callback.

    Attributes:
        contents: Media type → schema; an empty tuple where none is stated.
    """

    required: bool
    contents: Mapping[str, tuple[Node, ...]]
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What may come back.

    Attributes:
        headers: By name in lower case.
    """

    contents: Mapping[str, tuple[Node, ...]]
    headers: Mapping[str, Parameter]
    inferred: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Promised:
    """One operation as a document promises it.

    Attributes:
        id: Its operationId, else method and path.
        bases: What may stand before the path.
        parameters: By place and name; names of headers in lower case, those of the path by their order in it.
        access: Ways in which a call may show who it comes from; None when nothing is stated.
        callbacks: What comes to the partner, by name.
    """

    document: Document
    service: str
    id: str
    method: str
    path: str
    bases: tuple[str, ...]
    parameters: Mapping[tuple[str, str], Parameter]
    body: Body | None
    answers: Mapping[str, Answer]
    access: Alternatives | None
    callbacks: Mapping[str, Body] = field(default_factory=dict)
    deprecated: bool = False
    inferred: bool = False
