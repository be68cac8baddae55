"""The library's side of `open_in_transformers.py`: opens a folder in three ways and computes.

Runs in the library's environment: WORK FOLDER, where WORK holds `inputs` and gets `outputs`.
Results are called way/what, with the way that they were reached by.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import JukeboxModel, JukeboxPrior, JukeboxVQVAE
from transformers.utils import logging


def codec_results(vqvae, given):
    """Codes of a sound, and the sound of those codes, level by level."""
    codes = vqvae.encode(given["sound"].unsqueeze(-1))
    for level in range(3):
        sound = vqvae.decode(codes[level : level + 1], start_level=level, end_level=level + 1)
        yield f"vqvae.codes.{level}", codes[level]
        yield f"vqvae.sound.{level}", sound.squeeze(-1)


def prior_results(prior, given):
    """Logits and loss of a whole window.

    The library's `forward_tokens` fails for priors without lyrics, so for those its parts are
    called one by one, as it would.
    """
    upper = [given["upper"]] if prior.level else []
    metadata = labels(prior, given)
    name = f"prior.{prior.level}"
    if prior.nb_relevant_lyric_tokens:
        loss, metrics = prior.forward_tokens(given["codes"], upper, metadata, get_preds=True)
        logits = metrics["preds"]
    else:
        heard, start, _ = prior.get_cond(upper, metadata)
        loss, logits = prior.prior(given["codes"], heard, start, get_preds=True)
    yield f"{name}.logits", logits
    yield f"{name}.loss", loss


def labels(prior, given):
    """Labels as the library lays them out: times, artist, genres, lyrics."""
    rows = len(given["codes"])
    total, offset = given["times"].unbind(1)
    length = torch.full((rows,), int(prior.sample_length))
    columns = torch.stack((total, offset, length, given["artist"]), dim=1)
    parts = [columns, given["genres"]]
    if prior.nb_relevant_lyric_tokens:
        parts.append(given["lyrics"])
    return torch.cat(parts, dim=1)


def opened(part, folder, prefix, **which):
    """A part of a whole model.

    The library forgets two things that it reads when a folder holds more than the part, as every
    whole model does: an attribute of the part's configuration, and where a prior's names start. So
    it is told both.
    """
    config = part.config_class.from_pretrained(folder, **which)
    config.architectures = None
    named = type(part.__name__, (part,), {"base_model_prefix": prefix})
    return named.from_pretrained(folder, config=config).eval()


def main(work, folder):
    """Open in every way, and keep the results."""
    given, results = load_file(Path(work, "inputs")), {}
    with torch.no_grad():
        whole = JukeboxModel.from_pretrained(folder).eval()
        ways = [("JukeboxModel", codec_results(whole.vqvae, given))]
        ways += [("JukeboxModel", prior_results(prior, given)) for prior in whole.priors]
        vqvae = opened(JukeboxVQVAE, folder, "vqvae")
        ways += [("JukeboxVQVAE", codec_results(vqvae, given))]
        for level in range(3):
            prior = opened(JukeboxPrior, folder, f"priors.{level}", level=level)
            ways += [("JukeboxPrior", prior_results(prior, given))]
        for way, found in ways:
            results |= {f"{way}/{name}": value.contiguous() for name, value in found}
    save_file(results, Path(work, "outputs"))


if __name__ == "__main__":
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    main(*sys.argv[1:])
