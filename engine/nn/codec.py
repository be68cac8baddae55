"""The encoder and the decoder of one level of the VQ-VAE, and exactly how far they see.

Knows convolutions between sound and latent vectors. Does not know codes or codebooks.

An encoder of level L runs stages 0…L, each shortening the sequence; a decoder runs them backwards.
Levels share nothing: each goes all the way to the waveform by itself.

Source: Jukebox paper, section 3.1 and appendix B.1; jukebox specification 2.1 and 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from engine.catalog.specs import VqVaeConfig
from engine.nn.convolution import Convolution, Deconvolution
from engine.nn.residual import ResidualStack, StackShape


@dataclass(frozen=True, slots=True)
class CodecShape:
    """The shape of one level's encoder and decoder.

    Attributes:
        downs: halvings (or other strides) per stage, stage 0 first.
        strides: by how much each of them shortens, per stage.
        embedding_width: channels of the latents, also between stages.
        stack: the residual stack that follows each shortening.
        reverse_decoder: decoders apply the largest dilation first.
    """

    downs: tuple[int, ...]
    strides: tuple[int, ...]
    embedding_width: int
    stack: StackShape
    reverse_decoder: bool

    @property
    def decoder_dilations(self) -> tuple[int, ...]:
        """Of the decoder's blocks, in the order they are applied."""
        dilations = self.stack.dilations
        return dilations[::-1] if self.reverse_decoder else dilations


def codec_shape(config: VqVaeConfig, level: int) -> CodecShape:
    """The shape of the encoder and decoder of `level`, 0 the finest."""
    multiplier = config.multipliers[level]
    stack = StackShape(
        width=config.width * multiplier,
        depth=config.depth * multiplier,
        hidden_factor=config.hidden_factor,
        growth=config.dilation_growth,
        cycle=config.dilation_cycle,
    )
    return CodecShape(
        downs=config.downs[: level + 1],
        strides=config.strides[: level + 1],
        embedding_width=config.embedding_width,
        stack=stack,
        reverse_decoder=config.reverse_decoder_dilation,
    )


class Down(nn.Module):
    """Shortens by `stride`, then a residual stack."""

    def __init__(self, channels: int, stride: int, shape: CodecShape) -> None:
        super().__init__()
        self.conv = Convolution(channels, shape.stack.width, 2 * stride, stride, stride // 2)
        self.res = ResidualStack(shape.stack)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) to (batch, width, time // stride)."""
        return self.res(self.conv(x))


class Up(nn.Module):
    """A residual stack, then lengthens by `stride`."""

    def __init__(self, channels: int, stride: int, shape: CodecShape) -> None:
        super().__init__()
        self.res = ResidualStack(shape.stack, shape.decoder_dilations)
        self.deconv = Deconvolution(shape.stack.width, channels, 2 * stride, stride, stride // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, width, time) to (batch, channels, time · stride)."""
        return self.deconv(self.res(x))


class EncoderStage(nn.Module):
    """Several shortenings, then a projection to the embedding width."""

    def __init__(self, channels: int, stage: int, shape: CodecShape) -> None:
        super().__init__()
        inputs = [channels] + [shape.stack.width] * (shape.downs[stage] - 1)
        self.downs = nn.Sequential(*(Down(c, shape.strides[stage], shape) for c in inputs))
        self.out = Convolution(shape.stack.width, shape.embedding_width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) to (batch, embedding, time // stride^downs)."""
        return self.out(self.downs(x))


class DecoderStage(nn.Module):
    """A projection from the embedding width, then several lengthenings."""

    def __init__(self, stage: int, shape: CodecShape) -> None:
        super().__init__()
        outputs = [shape.stack.width] * (shape.downs[stage] - 1) + [shape.embedding_width]
        self.inp = Convolution(shape.embedding_width, shape.stack.width, 3, padding=1)
        self.ups = nn.Sequential(*(Up(c, shape.strides[stage], shape) for c in outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, embedding, time) to (batch, embedding, time · stride^downs)."""
        return self.ups(self.inp(x))


class Encoder(nn.Module):
    """Sound to latents of one level."""

    def __init__(self, shape: CodecShape) -> None:
        super().__init__()
        inputs = [1] + [shape.embedding_width] * (len(shape.downs) - 1)
        self.stages = nn.ModuleList(EncoderStage(c, s, shape) for s, c in enumerate(inputs))

    def forward(self, audio: Tensor) -> Tensor:
        """(batch, time) to (batch, embedding, time // hop)."""
        x = audio.unsqueeze(1)
        for stage in self.stages:
            x = stage(x)
        return x


class Decoder(nn.Module):
    """Latents of one level to sound."""

    def __init__(self, shape: CodecShape) -> None:
        super().__init__()
        self.stages = nn.ModuleList(DecoderStage(s, shape) for s in range(len(shape.downs)))
        self.out = Convolution(shape.embedding_width, 1, 3, padding=1)

    def forward(self, latents: Tensor) -> Tensor:
        """(batch, embedding, tokens) to (batch, tokens · hop)."""
        x = latents
        for stage in reversed(self.stages):
            x = stage(x)
        return self.out(x).squeeze(1)


def decoder_reach(shape: CodecShape, hop: int) -> tuple[int, int]:
    """Codes before and after a code that the samples of its own stretch depend on.

    Follows those samples back through the layers; exact, as the perturbation test shows.
    """
    first, last = -1, hop  # the last convolution sees one sample further on either side
    for stage in range(len(shape.downs)):
        stride = shape.strides[stage]
        for _ in range(shape.downs[stage]):
            first = -((2 * stride - 1 - stride // 2 - first) // stride) - shape.stack.reach
            last = (last + stride // 2) // stride + shape.stack.reach
        first, last = first - 1, last + 1
    return -first, last


def encoder_reach(shape: CodecShape, hop: int) -> tuple[int, int]:
    """Samples before the first and after the last of a code's own that the code depends on."""
    first, last = 0, 0
    for stage in reversed(range(len(shape.downs))):
        stride = shape.strides[stage]
        first, last = first - 1, last + 1
        for _ in range(shape.downs[stage]):
            first = (first - shape.stack.reach) * stride - stride // 2
            last = (last + shape.stack.reach + 2) * stride - stride // 2 - 1
    return -first, last - hop + 1
