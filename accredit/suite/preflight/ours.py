"""What lies on our side: the contract that the run is judged by, where we are called back, the budget, room for the evidence."""

import shutil
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from accredit.model.errors import Refused, Unreachable, UsageError
from accredit.model.moment import stamp
from accredit.model.preflight import Check, no, unknown, yes
from accredit.suite.budgets import journalled
from accredit.suite.plan import Plan, approved_for
from accredit.suite.preflight.asking import Asking
from accredit.wire.allowance import check_switch
from accredit.wire.http import knock

_MEGABYTE = 1024 * 1024


def contract(asking: Asking) -> Check:
    """Whether the contract is the one that `accredit.toml` pins."""
    plan = asking.live.plan
    digest, pinned = plan.dossier.contract_digest, plan.facts.contract
    if not pinned:
        return unknown("contract", f"accredit.toml pins none; it is {digest}",
                       f'pin it once it was accepted: contract = "{digest}" in [{plan.dossier.name}]')  # fmt: skip
    if pinned.lower() != digest:
        return no("contract", f"accredit.toml pins {pinned}, this is {digest}",
                  "see what is different with `accredit contract diff`, have it accepted, and pin the new one")  # fmt: skip
    return yes("contract", f"it is {digest}, as accredit.toml pins")


def callbacks(asking: Asking) -> Check:
    """Whether a request to the place that the provider is told of comes to us."""
    live, plan = asking.live, asking.live.plan
    access = plan.facts.access(plan.choices.environment)
    if not plan.dossier.contract.callbacks:
        return yes("callbacks", f"{plan.dossier.provider.title} calls nobody back")
    if not _writes(plan):
        return unknown("callbacks", "not asked, since nothing leaves that brings a callback about")
    if access.callbacks is None:
        return unknown("callbacks", "accredit.toml names no place; scenarios that need one cannot be judged",
                       f"add [{plan.dossier.name}.{plan.choices.environment}.callbacks] with public_url")  # fmt: skip
    if live.deaf:
        return no("callbacks", live.deaf.rstrip("."), "see `listen` and `certificate` in accredit.toml")
    if live.leads:
        return unknown("callbacks", "not asked, since each worker listens at a port of its own")
    if not access.callbacks.public_url and not access.connect_to:
        return no("callbacks", f"the provider would be told {live.callbacks.url}, which it cannot reach",
                  f"name public_url in [{plan.dossier.name}.{plan.choices.environment}.callbacks]")  # fmt: skip
    return _knocked(asking)


def _knocked(asking: Asking) -> Check:
    live = asking.live
    mark = live.callbacks.mark = f"preflight-{token_hex(8)}"
    url = live.callbacks.url.partition("/callbacks/")[0] + f"/{mark}"
    place, step = urlsplit(url), "see that public_url leads to the place that `listen` names, path and all"
    try:
        status = knock(url, ca_pem=live.ca_pem)
    except Unreachable as failed:
        return unknown(
            "callbacks",
            f"we listen; {failed}, which says nothing of the provider's way",
            f"ask the provider to try, or {step}",
        )
    came = next((e for e in live.line.exchanges if e.direction == "incoming" and mark in e.request.url), None)
    if came is None:
        return no("callbacks", f"{place.netloc} answered {status}, and nothing came to us", step)
    if urlsplit(came.request.url).path != place.path:
        return no(
            "callbacks",
            f"the path changes on the way: {place.path} came as {urlsplit(came.request.url).path}",
            step,
            (came.number,),
        )
    return yes(
        "callbacks", f"what is sent to {place.netloc} comes to us (exchange {came.number})", exchanges=(came.number,)
    )


def budget(asking: Asking) -> Check:
    """Whether the budget holds by which production is to be written to, and nobody has thrown the switch."""
    plan = asking.live.plan
    if plan.choices.environment != "production":
        return yes("budget", f"{plan.choices.environment} needs none")
    try:
        named = replace(plan.choices, budget=asking.budget)
        approved = plan.approved or approved_for(plan.dossier, named, plan.facts, confirmed=False)
        if approved is None:
            return yes("budget", "none, so that only what reads leaves")
        check_switch(approved.path.parent / approved.budget.kill_switch)
        earlier = list(journalled(plan.choices.output, plan.dossier.name))
        approved.ledger(plan.choices.partner_file).open(asking.live.clock.now, earlier)
    except (UsageError, Refused) as why:
        return no(
            "budget", str(why).rstrip("."), f"put that right, then ask again: accredit budget {plan.dossier.name}"
        )
    signed = " and ".join(one.by for one in approved.signed)
    return yes(
        "budget",
        f"{approved.path.name} for {approved.budget.ticket.name}, signed by {signed}, until {stamp(approved.budget.end)}",
    )


def disk(asking: Asking) -> Check:
    """Whether there is room for the records of a run and for the bundle made of them."""
    return room(asking.live.plan.choices.output, asking.least_bytes)


def room(output: Path, least_bytes: int) -> Check:
    """The same of a folder that may not be there yet. Something is written and taken away again."""
    place = next(path for path in (output.resolve(), *output.resolve().parents) if path.exists())
    step = "make room, or choose another folder with --output"
    try:
        free = shutil.disk_usage(place).free
        with TemporaryFile(dir=place) as file:
            file.write(b"room")
    except OSError as failed:
        return no("disk", f"{output} cannot be written ({failed.strerror})", step)
    if free < least_bytes:
        return no("disk", f"{free // _MEGABYTE} MB are free at {output}, {least_bytes // _MEGABYTE} are wanted", step)
    return yes("disk", f"{free // _MEGABYTE} MB are free at {output}")


def _writes(plan: Plan) -> bool:
    return plan.choices.environment != "production" or plan.approved is not None
