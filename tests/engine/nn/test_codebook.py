"""Codes are the nearest ones, and training keeps them alive and in place."""

import torch

from engine.nn.codebook import ROWS_AT_ONCE, Codebook, CodebookAverage


def codebook_of(vectors):
    codebook = Codebook(*vectors.shape)
    codebook.vectors.copy_(vectors)
    return codebook


def test_the_nearest_vector_is_found_by_brute_force_too():
    torch.manual_seed(0)
    codebook = codebook_of(torch.randn(32, 5))
    latents = torch.randn(2, 5, 40)

    codes = codebook.nearest(latents)

    apart = (latents.permute(0, 2, 1).unsqueeze(2) - codebook.vectors).norm(dim=-1)
    assert torch.equal(codes, apart.argmin(-1))


def test_a_vector_is_its_own_code():
    codebook = codebook_of(torch.randn(32, 5))
    codes = torch.arange(32).view(2, 16)

    assert torch.equal(codebook.nearest(codebook.lookup(codes)), codes)


def test_a_long_song_gets_the_codes_of_its_parts():
    codebook = codebook_of(torch.randn(4, 2))
    latents = torch.randn(1, 2, ROWS_AT_ONCE + 100)

    whole = codebook.nearest(latents)

    parts = [codebook.nearest(part) for part in latents.split(1000, dim=2)]
    assert torch.equal(whole, torch.cat(parts, dim=1))


def test_rounding_is_done_in_single_precision_under_autocast():
    codebook = codebook_of(torch.tensor([[1.0, 0.0], [1.001, 0.0]]))
    latents = torch.tensor([[[1.0004, 1.0006], [0.0, 0.0]]])

    with torch.autocast("cpu", torch.bfloat16):
        codes = codebook.nearest(latents)

    assert codes.tolist() == [[0, 1]]


def test_vectors_move_to_the_middle_of_what_they_stand_for():
    generator = torch.Generator().manual_seed(0)
    centres = torch.tensor([[4.0, 0.0], [-4.0, 0.0]])
    codebook = codebook_of(centres + 1.5)
    average = CodebookAverage(codebook, momentum=0.5)
    average.start(centres + 1.5, generator)
    codebook.vectors.copy_(centres + 1.5)

    for _ in range(40):
        rows = centres.repeat(20, 1) + 0.1 * torch.randn(40, 2, generator=generator)
        codes = codebook.nearest(rows.T.unsqueeze(0))[0]
        average.update(rows, codes, generator)

    assert (codebook.vectors.sort(0).values - centres.sort(0).values).abs().max() < 0.1


def test_a_code_that_nothing_uses_restarts_on_a_latent():
    generator = torch.Generator().manual_seed(0)
    codebook = codebook_of(torch.tensor([[0.0, 0.0], [1000.0, 1000.0]]))
    average = CodebookAverage(codebook, momentum=0.5)
    rows = torch.randn(50, 2, generator=generator)

    used = [average.update(rows, torch.zeros(50, dtype=torch.int64), generator) for _ in range(8)]

    assert min(used) == 0.5
    assert (rows - codebook.vectors[1]).norm(dim=1).min() < 1e-6


def test_a_start_with_few_latents_gives_different_codes():
    generator = torch.Generator().manual_seed(0)
    codebook = Codebook(10, 3)

    CodebookAverage(codebook).start(torch.randn(4, 3, generator=generator), generator)

    assert len(codebook.vectors.unique(dim=0)) == 10


def test_only_the_vectors_are_part_of_a_model():
    codebook = Codebook(4, 2)

    assert list(codebook.state_dict()) == ["vectors"]
    assert list(CodebookAverage(codebook).state_dict()) == ["sums", "counts"]
