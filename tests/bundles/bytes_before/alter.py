from tests.bundles import Good


def alter(good: Good) -> bytes:
    return b"#!/bin/sh\n" + good.zip
