from dataclasses import replace

import torch

from engine.nn.cache import CacheShape, CacheSpace, KeyValueCache

SPACE = CacheSpace(batch=2, heads=3, head_width=4, device=torch.device("cpu"), dtype=torch.float32)


def test_what_is_put_is_got_and_the_rest_stays_zero():
    cache = KeyValueCache(CacheShape(groups=5, rows=7), SPACE)
    given = torch.randn(2, 2, 6, 3, 4)

    cache.put(1, 2, given)

    keys, values = cache.get(1, 2, 5)
    assert torch.equal(keys[:, :, 2:], given[0])
    assert torch.equal(values[:, :, 2:], given[1])
    assert not cache.get(0, 1, 7)[0].any()
    assert not keys[:, :, :2].any()


def test_a_cache_never_grows():
    cache = KeyValueCache(CacheShape(1, 8), SPACE)
    before = cache.size_bytes, cache.get(0, 1, 1)[0].data_ptr()

    for row in range(8):
        cache.put(0, row, torch.ones(2, 1, 6, 1, 4))

    assert (cache.size_bytes, cache.get(0, 1, 8)[0].data_ptr()) == before
    assert cache.size_bytes == 2 * 6 * 8 * 4 * 4


def test_a_shared_past_is_that_of_every_sequence():
    one = replace(SPACE, batch=1)
    cache = KeyValueCache(CacheShape(groups=2, rows=3), one)
    given = torch.randn(2, 2, 3, 3, 4)
    cache.put(0, 0, given)

    cache.share(2)
    cache.put(0, 2, torch.zeros(2, 2, 6, 1, 4))

    keys, _ = cache.get(0, 2, 3)
    assert keys.shape == (2, 6, 3, 4)
    assert torch.equal(keys[:, :3, :2], given[0, :, :, :2])
    assert torch.equal(keys[:, 3:, :2], given[0, :, :, :2])
    assert not keys[:, :, 2].any()
