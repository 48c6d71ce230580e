"""A provider's contract as this partner can send it: generators, values, tokens of people, and what is new in each request."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from accredit.model.errors import CannotJudge
from accredit.model.fuzzing import Login
from accredit.suite.fuzzing.bindings import Node, bound, narrowed, unbound
from accredit.suite.fuzzing.generator import Drawn, Generator
from accredit.suite.fuzzing.promise import Promise
from accredit.suite.fuzzing.sources import Sources
from accredit.suite.live import Live
from accredit.wire.api import OWN

_FORM = "application/x-www-form-urlencoded"


class Contracts:
    """The generators of one run, one for each document and kind of request, made when first needed."""

    def __init__(self, live: Live, seed: int) -> None:
        self._live, self._seed = live, seed
        self._facts = live.plan.dossier.fuzzing.under(live.settings)
        secret = live.plan.dossier.provider.masking.secret
        self.sources = Sources(live.partner, live.clock, lambda: live.callbacks.generated, secret, live.mask.learn)
        self._made: dict[tuple[str, bool], Generator] = {}
        self._whole: dict[str, Generator] = {}
        self._promises: dict[str, Promise] = {}
        self._free: dict[str, Generator] = {}
        self._people: dict[tuple[str, ...], str] = {}
        self._sent: tuple[str, bytes] = ("", b"")

    def fitting(self, operation: str) -> Generator:
        """Draws what is to be accepted."""
        return self._generator(operation, refused=False)

    def breaking(self, operation: str) -> Generator:
        """Draws what is to be refused."""
        return self._generator(operation, refused=True)

    def whole(self, operation: str) -> Generator:
        """Of the contract as it is, without a bound place."""
        service = self._live.plan.dossier.contract[operation].service
        if service not in self._whole:
            self._whole[service] = Generator(self._without_bindings(service), self._seed, {})
        return self._whole[service]

    def promise(self, operation: str) -> Promise:
        """The contract as it is, for requests to be held to."""
        service = self._live.plan.dossier.contract[operation].service
        if service not in self._promises:
            self._promises[service] = Promise(self._without_bindings(service))
        return self._promises[service]

    def free(self, operation: str) -> Generator | None:
        """Draws what fits the contract at places where other values than the bound ones are tried as well; None without such."""
        dossier, facts = self._live.plan.dossier, self._facts
        if not any(binding.others and bound(binding, operation) for binding in facts.binding):
            return None
        service = dossier.contract[operation].service
        if service not in self._free:
            kept = replace(facts, binding=tuple(binding for binding in facts.binding if not binding.others))
            document = narrowed(
                dossier.documents[service], kept, self._by_the_client(), self.sources.value, refused=False
            )
            self._free[service] = Generator(document, self._seed, self._allowed)
        return self._free[service]

    def is_closed(self, operation: str) -> bool:
        """True when the contract lets nobody in without a token, or without the token call's own credentials in a header."""
        auth = self._live.plan.dossier.provider.auth
        if operation == auth.operation:
            return bool(auth.basic)
        return bool(self._live.plan.dossier.contract[operation].schemes)

    @property
    def secrets(self) -> set[str]:
        """What must stand in no error: secrets of the partner's and of members', and the tokens in use."""
        own = self._live.partner.secrets.values()
        return {*own, *self.sources.secrets, *self._people.values(), *self._live.api.tokens.held}

    def filled(self, drawn: Drawn) -> tuple[dict[str, str], str, bytes]:
        """Headers, target and body of a case, with something new in place of each mark."""
        headers = {name: self.sources.fill(value, in_url=False) for name, value in drawn.headers}
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        body = drawn.body
        if self.sources.marked(body):
            body = self.sources.fill(body.decode(), in_url=kind.startswith(_FORM)).encode()
        self._sent = (drawn.id, body)
        return headers, self.sources.fill(drawn.target, in_url=True), body

    def as_sent(self, drawn: Drawn) -> Any:
        """The body of a case as it was last sent, as data; None when it is no JSON."""
        try:
            return json.loads(self._sent[1] if self._sent[0] == drawn.id else drawn.body)
        except ValueError:
            return None

    def token_for(self, operation: str) -> str:
        """What opens an operation: a person's token, or the partner's own.

        Raises:
            CannotJudge: no token was granted to that person.
        """
        login = next((entry for entry in self._facts.login if operation in entry.operations), None)
        return OWN if login is None else self._person(login)

    def _person(self, login: Login) -> str:
        """A person's token, asked for once.

        Raises:
            CannotJudge: none was granted.
        """
        if login.operations not in self._people:
            form = {
                name: self.sources.fill(str(self.sources.value(told)), in_url=False)
                for name, told in login.form.items()
            }
            reply = self._live.api.tokens.request(form=form)
            token = reply.json.get(self._live.plan.dossier.provider.auth.token_field) if reply.is_success else None
            if not token:
                raise CannotJudge(
                    f"no token for {', '.join(login.operations)}: answered {reply.status} (exchange {reply.exchange})."
                )
            self._live.mask.learn("access_token", token)
            self._people[login.operations] = str(token)
        return self._people[login.operations]

    @cached_property
    def _allowed(self) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
        operations = [operation.id for operation in self._live.plan.dossier.contract.operations]
        return {
            "positive_data_acceptance": {o: tuple(self._facts.refusals(o)) for o in operations},
            "negative_data_rejection": {o: tuple(self._facts.tolerated(o)) for o in operations},
        }

    def _generator(self, operation: str, *, refused: bool) -> Generator:
        dossier = self._live.plan.dossier
        service = dossier.contract[operation].service
        if (service, refused) not in self._made:
            document = narrowed(
                dossier.documents[service], self._facts, self._by_the_client(), self.sources.value, refused=refused
            )
            promise = self.promise(operation)
            self._made[service, refused] = Generator(
                document, self._seed, self._allowed, lambda drawn: bool(promise.broken_by(drawn))
            )
        return self._made[service, refused]

    def _without_bindings(self, service: str) -> Node:
        document = self._live.plan.dossier.documents[service]
        return unbound(document, self._facts, self._by_the_client(), self.sources.value)

    def _by_the_client(self) -> tuple[str, ...]:
        provider = self._live.plan.dossier.provider
        facts = provider.facts_of(self._live.plan.choices.environment)
        return (*provider.auth.headers, provider.auth.token_header, *facts.required_headers, *facts.forbidden_headers)
