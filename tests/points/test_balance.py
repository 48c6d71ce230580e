"""Balances: shown, refused, and behind the times."""

import pytest

from tests.points.bench import Bench, told


def test_a_balance_is_a_figure(bench: Bench) -> None:
    answer = bench.read()

    assert (answer.status, told(answer)) == (200, {"userId": "user-0001", "balance": 100})


def test_an_id_may_hold_anything(bench: Bench) -> None:
    assert told(bench.read("with an id to be encoded"))["balance"] == 70


def test_how_a_balance_is_called_is_a_setting() -> None:
    assert told(Bench(balance_body={"userId": "id", "balance": "points"}).read()) == {"id": "user-0001", "points": 100}


@pytest.mark.parametrize("status", [404, 400, 200])
def test_what_nobody_draws_is_a_setting(status: int) -> None:
    answer = Bench(balance_errors_nobody=status).read("nobody")

    assert answer.status == status
    assert status != 200 or told(answer)["balance"] == 0


@pytest.mark.parametrize("status", [403, 404])
def test_what_another_organisation_draws_is_a_setting(status: int) -> None:
    assert Bench(balance_errors_organisation=status).read(organisation="org-of-others").status == status


def test_there_is_one_programme(bench: Bench) -> None:
    path = "/latitude-points/orgs/org-demo/point-programs/other/balances/user-0001"

    assert bench.call("getBalance", method="GET", path=path).status == 404


def test_a_balance_can_lag_behind(bench: Bench) -> None:
    bench.simulator.lag_balance(3)
    bench.wait(3)
    bench.ask()
    bench.results(1)
    at_once = bench.balance()
    bench.wait(3)

    assert (at_once, bench.balance()) == (100, 110)


def test_a_lag_may_be_the_rule() -> None:
    bench = Bench(balance_lagMilliseconds=2000)
    bench.wait(2)
    bench.ask()
    bench.results(0.2)
    at_once = bench.balance()
    bench.wait(2)

    assert (at_once, bench.balance()) == (100, 110)


def test_the_books_can_be_looked_into(bench: Bench) -> None:
    bench.ask()

    assert (bench.balance(), bench.simulator.balance_of(bench.user())) == (100, 110)
