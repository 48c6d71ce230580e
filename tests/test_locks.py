"""A lock by name keeps workers apart, however many wait for it."""

import threading

from accredit.suite.locks import lock


def test_never_two_hold_it(tmp_path):
    """Eight at a time, sixty times: whoever is inside is alone, and no file is left."""
    inside, together = [0], [0]

    def work() -> None:
        for _ in range(60):
            with lock(tmp_path, "balance"):
                inside[0] += 1
                together[0] = max(together[0], inside[0])
                threading.Event().wait(0.0003)
                inside[0] -= 1

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert together == [1]
    assert list(tmp_path.iterdir()) == []
