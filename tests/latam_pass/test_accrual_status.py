"""The status query: filters, pages, pauses."""

import pytest

from tests.latam_pass.bench import LATER, Bench, told


@pytest.mark.parametrize("name", ["correlationId", "partnerTransactionId", "partnerAccrualId", "id"])
def test_each_filter_finds_its_accrual(bench: Bench, name: str) -> None:
    answers = [told(bench.report()) for _ in range(3)]

    assert [item["id"] for item in bench.items(**{name: answers[1][name]})] == [193]


def test_filters_narrow_together(bench: Bench) -> None:
    first, second = (told(bench.report()) for _ in range(2))

    assert bench.items(correlationId=first["correlationId"], partnerAccrualId=second["partnerAccrualId"]) == []


def test_an_older_pages_filters_work_as_well(bench: Bench) -> None:
    bench.report()
    bench.wait(86400)
    bench.report("collecting")

    assert [item["id"] for item in bench.items(createdStart="2026-11-22")] == [193]
    assert [item["id"] for item in bench.items(createdEnd="2026-11-21")] == [192]
    assert [item["id"] for item in bench.items(ffn=bench.ffn("collecting"))] == [193]


def test_a_partner_sees_its_own_accruals_only(bench: Bench) -> None:
    bench.report()

    assert bench.items(partnerIdentifier="OHUTA") == []
    assert bench.call("getAccruals").status == 400


@pytest.mark.parametrize(
    "query",
    [
        {"size": "abc"},
        {"size": 0},
        {"page": -1},
        {"correlationId": ""},
        {"partnerAccrualId": "x" * 51},
        {"createdStart": "x"},
    ],
)
def test_a_faulty_question_names_its_field(bench: Bench, query: dict[str, object]) -> None:
    answer = bench.ask(**query)

    assert (answer.status, list(told(answer)["details"])) == (400, list(query))


def test_pages_are_counted_from_one_and_items_misspelt(bench: Bench) -> None:
    for _ in range(5):
        bench.report()
    pages = [told(bench.ask(size=2, page=page)) for page in (1, 2, 3, 4)]

    assert [[item["id"] for item in page["accruals"]] for page in pages] == [[192, 193], [194, 195], [196], []]
    assert [(p["totalPages"], p["currentPage"], p["totalItens"]) for p in pages] == [(3, n, 5) for n in (1, 2, 3, 4)]


def test_page_size_and_parameter_are_settings() -> None:
    bench = Bench(accrual_get_pageSize=1, accrual_get_pageParam="pageNumber")
    bench.report()
    bench.report()

    assert [item["id"] for item in bench.items(pageNumber=2)] == [193]


def test_no_match_is_an_empty_page_or_404(bench: Bench) -> None:
    assert told(bench.ask(correlationId="x")) == {"accruals": [], "totalPages": 1, "currentPage": 1, "totalItens": 0}
    assert Bench(accrual_get_empty=404).ask(correlationId="x").status == 404


def test_a_filter_is_asked_for_where_set_so() -> None:
    bench = Bench(accrual_get_requireFilter=True)

    assert (bench.ask().status, bench.ask(correlationId="x").status) == (400, 200)


def test_questions_before_the_published_waits_are_counted(bench: Bench) -> None:
    """15 s after the report; then 30 s and 15 s, 60 s and 30 s, and a minute each time."""
    bench.report()
    for pause in (15, 15, 30, 60, 60):
        bench.wait(pause)
        bench.ask(id=192)
    on_time = bench.simulator.early_questions()
    bench.wait(59)
    bench.ask(id=192)

    assert (on_time, bench.simulator.early_questions()) == (0, 1)


def test_an_early_question_is_refused_where_set_so() -> None:
    bench = Bench(accrual_poll_enforce=True)
    bench.report()
    bench.wait(14)
    early = bench.ask(id=192).status
    bench.wait(1)

    assert (early, bench.ask(id=192).status) == (429, 200)


def test_looking_at_the_books_is_no_reading() -> None:
    bench = Bench("final_status_moves")
    bench.report()
    bench.wait(LATER)
    seen = [bench.simulator.accruals_of(bench.ffn())[0]["status"] for _ in range(5)]

    assert seen == ["PROCESSED"] * 5
