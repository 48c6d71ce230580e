"""What tells one of a provider's environments from the other: hosts, marks on requests, credentials."""

import os
from urllib.parse import urlsplit

from accredit.suite.live import Live
from accredit.suite.plan import Plan


def other_of(plan: Plan) -> str:
    """The environment that this one could be taken for."""
    return "certification" if plan.choices.environment == "production" else "production"


def hosts_of(plan: Plan, environment: str) -> frozenset[str]:
    """The host names of an environment: the provider's, or those that the partner named."""
    provider = plan.dossier.provider
    if environment not in provider.environments:
        return frozenset()
    facts, named = provider.facts_of(environment), plan.facts.access(environment).base_urls
    if facts.stand_in and not named:
        return frozenset()
    return frozenset(urlsplit(url).hostname or "" for url in facts.services_by_url(provider.services, named))


def marked_wrongly(live: Live) -> str:
    """What is wrong with the requests that have left so far, as the records show them; empty when nothing is."""
    facts, urls = live.line.guard.doors[0].facts, [door.base_url for door in live.line.guard.doors]
    for sent in (e for e in live.line.exchanges if e.direction == "outgoing"):
        headers = {name.lower(): value for name, value in sent.request.headers}
        if not sent.request.url.startswith(tuple(urls)):
            return f"exchange {sent.number} went to {urlsplit(sent.request.url).netloc}, which is not {facts.label}"
        if lacking := [name for name, value in facts.required_headers.items() if headers.get(name.lower()) != value]:
            return f"exchange {sent.number} lacks {', '.join(lacking)}"
        if strange := [name for name in facts.forbidden_headers if name.lower() in headers]:
            return f"exchange {sent.number} bears {', '.join(strange)}, which {facts.label} must never see"
    return ""


def same_credentials(plan: Plan) -> list[str]:
    """The variables whose value is the other environment's as well, where the provider gives each its own."""
    facts, access = plan.dossier.provider.preflight, plan.facts.access
    if facts is None or not facts.own_credentials:
        return []
    here, there = access(plan.choices.environment).secrets, access(other_of(plan)).secrets
    values = {os.environ.get(there.get(secret, ""), "") for secret in plan.dossier.provider.auth.secrets} - {""}
    wanted = plan.dossier.provider.auth.secrets
    return [here[secret] for secret in wanted if secret in here and os.environ.get(here[secret], "") in values]
