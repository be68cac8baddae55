"""A child of the benchmark that takes its time."""

import time

from engine.bench.protocol import serve


def sleep(seconds):
    time.sleep(seconds)
    return {}


if __name__ == "__main__":
    serve({"sleep": sleep})
